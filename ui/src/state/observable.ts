import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * State that components look at. Changes are told at most once a frame, however many events brought them: a batch of
 * a thousand jobs sends thousands.
 */
export class Observable {
  private readonly watchers = new Set<() => void>();
  private scheduled = false;

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  protected changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      for (const watcher of [...this.watchers]) watcher();
    });
  }
}

/** Renders its host again when one of the observables changed. They are asked for when the host is connected. */
export class Watch implements ReactiveController {
  private stops: (() => void)[] = [];

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly sources: () => readonly Observable[],
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.stops = this.sources().map((source) => source.watch(() => this.host.requestUpdate()));
  }

  hostDisconnected(): void {
    for (const stop of this.stops) stop();
  }
}
