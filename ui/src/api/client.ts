import { Problem, problemOf } from './problem.js';
import type { Batch, Job, JobPage, JobState, ModelList, Result, ServiceStatus } from './types.js';

export interface JobQuery {
  state?: JobState;
  model?: string;
  batch?: string;
  limit?: number;
  cursor?: string;
}

export const getJobs = (query: JobQuery) => request<JobPage>('GET', `/v1/jobs?${searchOf(query)}`);
export const getJob = (id: string) => request<Job>('GET', `/v1/jobs/${encodeURIComponent(id)}`);
export const cancelJob = (id: string) => request<Job>('DELETE', `/v1/jobs/${encodeURIComponent(id)}`);
export const cancelBatch = (id: string) => request<Batch>('DELETE', `/v1/batches/${encodeURIComponent(id)}`);
export const getModels = () => request<ModelList>('GET', '/v1/models');
export const getStatus = () => request<ServiceStatus>('GET', '/v1/status');
/** A result that is too large to stand in its job. `href` is that of the artifact result.json. */
export const getResult = (href: string) => request<Result>('GET', href);

/** Throws a Problem, never anything else. */
async function request<T>(method: string, path: string): Promise<T> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(path, { method, headers: { Accept: 'application/json' } });
    body = await response.text();
  } catch {
    throw Problem.unreachable();
  }
  if (!response.ok) throw problemOf(response.status, body, response.headers.get('Retry-After'));
  return JSON.parse(body) as T;
}

function searchOf(query: JobQuery): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search;
}
