import { Problem, problemOf } from './problem.js';
import type { Submission } from './types.js';

export interface UploadRequest {
  files: readonly File[];
  model: string;
  /** Sent as Idempotency-Key: handing the same request in twice gives the first answer, not the jobs twice. */
  key: string;
}

export interface Upload {
  /** Rejects with a Problem; after abort() it stays pending. */
  answer: Promise<Submission>;
  abort(): void;
}

/** Hands in one batch. XMLHttpRequest, since fetch does not tell how much of a body has been sent. */
export function startUpload(request: UploadRequest, onProgress: (sent: number, size: number) => void): Upload {
  const form = new FormData();
  if (request.model) form.append('model', request.model); // before the files, so that it is known when they arrive
  for (const file of request.files) form.append('file', file, file.name);

  const xhr = new XMLHttpRequest();
  const answer = new Promise<Submission>((resolve, reject) => {
    xhr.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    xhr.onerror = () => reject(Problem.unreachable());
    xhr.onload = () => {
      if (xhr.status < 200 || xhr.status > 299) {
        reject(problemOf(xhr.status, xhr.responseText, xhr.getResponseHeader('Retry-After')));
        return;
      }
      resolve(JSON.parse(xhr.responseText) as Submission);
    };
    xhr.open('POST', '/v1/jobs');
    xhr.setRequestHeader('Idempotency-Key', request.key);
    xhr.send(form);
  });
  return { answer, abort: () => xhr.abort() };
}

/** 128 random bits as hex. crypto.randomUUID is missing where the page does not come over HTTPS or from localhost. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
