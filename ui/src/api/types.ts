/** The values of the HTTP API that the page reads; /openapi.json describes all of them. Times are RFC 3339 in UTC. */

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const TIMELINE_STEPS = [
  'received',
  'queued',
  'started',
  'fetched',
  'decoded',
  'inferred',
  'stored',
  'settled',
] as const;
export type Timeline = Partial<Record<(typeof TIMELINE_STEPS)[number], string>>;

export interface Label {
  label: string;
  index: number;
  score: number;
}

export interface DetectedObject extends Label {
  /** left, top, width, height in pixels of the upright picture */
  box: [number, number, number, number];
}

export interface ClassShare {
  label: string;
  index: number;
  share: number; // 0 to 1
  color: string; // #rrggbb, in overlay.png
}

export interface TensorFile {
  name: string;
  type: string;
  shape: number[];
  file: string; // the artifact
}

/** What result.json has; which members there are depends on the task (docs/formats/result.md). */
export interface Result {
  task: string;
  /** The picture, upright. */
  image?: { width: number; height: number; format: string };
  labels?: Label[];
  heads?: Record<string, { labels: Label[] }>;
  objects?: DetectedObject[];
  classes?: ClassShare[];
  depth?: { min: number; max: number; near: 'small' | 'large'; width: number; height: number };
  picture?: { width: number; height: number };
  /** Of a map of the picture: which part of it the network saw; beyond its edges where it was padded. */
  region?: [left: number, top: number, width: number, height: number];
  embedding?: number[];
  length?: number; // of the embedding before it was normalised
  voxels?: { side: number; solid: number; threshold: number; metres: number };
  mesh?: { vertices: number; triangles: number };
  tensors?: TensorFile[];
  provenance?: { transforms?: Transform[]; seed?: number };
}

/** Something done to a picture before its model saw it: `crop`, and by what numbers. */
export interface Transform {
  op: string;
  [key: string]: unknown;
}

export interface Artifact {
  name: string;
  content_type: string;
  size: number;
  href: string;
}

export interface Job {
  id: string;
  batch: string;
  index: number;
  state: JobState;
  priority: 'high' | 'normal' | 'low';
  model: { name: string; version: string; digest?: string };
  input: { file_name: string; content_type: string; size: number; width: number; height: number };
  deadline?: string;
  metadata?: Record<string, unknown>;
  /** As it was asked for; what was done is in the result's provenance. */
  transforms?: Transform[];
  seed?: number;
  attempt?: number;
  worker?: string;
  /** Jobs ahead of this one, plus one. Only in the answer for a single queued job. */
  queue_position?: number;
  queue_position_at_least?: boolean;
  /** Missing when it is so large that it is the artifact result.json alone. */
  result?: Result;
  artifacts: Artifact[];
  error?: { code: string; message: string };
  timeline: Timeline;
  links: { self: string; input: string; events: string; batch: string };
}

export interface Batch {
  id: string;
  size: number;
  done: boolean;
  counts: Record<JobState, number>;
}

export interface Submission {
  batch: Batch;
  jobs: Job[];
}

export interface JobPage {
  jobs: Job[];
  next_cursor: string | null;
}

export interface Model {
  name: string;
  version: string;
  task: string;
  description: string;
  license: string;
  labels: string[];
  input: { width: number; height: number };
  default: boolean;
}

/** A model that crashed its workers and is not run any more. */
export interface QuarantinedModel {
  model: string;
  version: string;
  reason: string;
  since: string;
}

export interface ModelList {
  models: Model[];
  errors: { package: string; message: string }[];
}

export interface ServiceStatus {
  version: string;
  uptime_s: number;
  queue: { visible: number; in_flight: number; delayed: number; oldest_age_s?: number };
  jobs: Partial<Record<JobState, number>>;
  workers: { id: string; state: 'starting' | 'ready' | 'draining' }[];
  quarantine: QuarantinedModel[];
  limits: { files: number; file_bytes: number; pixels: number; queued: number };
}

/** What the service refused without a look at its pixels is not kept there. */
export function isInputKept(job: Job): boolean {
  const refused = job.error?.code === 'bad_image' || job.error?.code === 'too_large';
  return job.state !== 'cancelled' && (!refused || (job.attempt ?? 0) > 0);
}

export function isSettled(job: Job): boolean {
  return job.state !== 'queued' && job.state !== 'running';
}
