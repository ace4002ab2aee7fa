import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const READY_MS = 30_000;
const END_MS = 40_000;

/** A running `darkroom up` with a data folder of the test's. */
export class Service {
  /** @param {{ program: string, data: string, listen?: string, models?: string }} options */
  static async start({ program, data, listen = '127.0.0.1:0', models }) {
    const more = models ? ['--models', models] : [];
    const child = spawn(program, ['up', '--listen', listen, '--data', data, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
    const service = new Service(child);
    service.origin = await service.#ready();
    return service;
  }

  origin = '';
  #child;
  #ended;
  #log = '';

  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    child.stderr?.on('data', (text) => (this.#log += text));
  }

  /** SIGTERM: the service finishes what runs. Its exit code is returned. */
  async stop() {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    const code = await this.#ended;
    clearTimeout(timer);
    return code;
  }

  /** Holds the workers where they are, or lets them go on: what a test looks at meanwhile cannot run away. */
  hold(held) {
    const hub = this.#child.pid;
    const workers = readFileSync(`/proc/${hub}/task/${hub}/children`, 'utf8').trim().split(' ');
    for (const worker of workers) process.kill(Number(worker), held ? 'SIGSTOP' : 'SIGCONT');
  }

  async #ready() {
    const lines = createInterface({ input: this.#child.stdout });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), READY_MS);
    try {
      for await (const line of lines) {
        const origin = /ready at (http:\/\/\S+)/.exec(line)?.[1];
        if (!origin) continue;
        this.#child.stdout.resume(); // what it prints from now on is not read
        return origin.replace(/\/$/, '');
      }
      await this.#ended;
      throw new Error(`darkroom up ended before it was ready:\n${this.#log}`);
    } finally {
      clearTimeout(timer);
    }
  }
}
