import { JOB_STATES, type JobState } from '../api/types.js';
import { Observable } from './observable.js';

/** Which jobs the list shows. */
export interface Filter {
  state?: JobState;
  model?: string;
  batch?: string;
}

export interface Route {
  filter: Filter;
  /** The job whose details are open. */
  job?: string;
}

/** `#/jobs/ID?state=failed&model=furniture&batch=ID`, each part optional. Unknown parts are ignored. */
export function parseRoute(hash: string): Route {
  const [path, search = ''] = hash.replace(/^#/, '').split('?', 2);
  const query = new URLSearchParams(search);
  const state = JOB_STATES.find((name) => name === query.get('state'));
  const job = /^\/jobs\/([\w-]+)$/.exec(path)?.[1];
  return {
    filter: { state, model: query.get('model') ?? undefined, batch: query.get('batch') ?? undefined },
    job,
  };
}

export function formatRoute({ filter, job }: Route): string {
  const query = new URLSearchParams();
  for (const name of ['state', 'model', 'batch'] as const) {
    const value = filter[name];
    if (value) query.set(name, value);
  }
  return `#/${job ? `jobs/${job}` : ''}${query.size ? `?${query}` : ''}`;
}

/** The part of the address after `#`: what is shown can be linked to, and the back button works. */
export class Router extends Observable {
  route: Route = parseRoute(location.hash);

  constructor() {
    super();
    addEventListener('hashchange', () => {
      this.route = parseRoute(location.hash);
      this.changed();
    });
  }

  hrefOf(change: Partial<Route>): string {
    return formatRoute({ ...this.route, ...change });
  }

  go(change: Partial<Route>): void {
    location.hash = this.hrefOf(change);
  }

  setFilter(change: Filter): void {
    this.go({ filter: { ...this.route.filter, ...change } });
  }
}
