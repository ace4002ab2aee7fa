import { isInputKept, type Artifact, type Job, type Label, type Result } from './api/types.js';
import { count, decimal, grouped, percent, score, shape } from './words.js';

/** How a result is shown. What a newer service may answer, or what lacks the member it lives on, is `other`. */
export type View = 'labels' | 'boxes' | 'areas' | 'depth' | 'picture' | 'vector' | 'solid' | 'tensors' | 'other';

const VIEWS: Record<string, [View, keyof Result]> = {
  classification: ['labels', 'labels'],
  detection: ['boxes', 'objects'],
  segmentation: ['areas', 'classes'],
  depth: ['depth', 'depth'],
  'image-to-image': ['picture', 'picture'],
  embedding: ['vector', 'embedding'],
  'image-to-voxels': ['solid', 'voxels'],
  raw: ['tensors', 'tensors'],
  transform: ['picture', 'picture'],
};

export function viewOf(result: Result | undefined): View {
  const [view, member] = VIEWS[result?.task ?? ''] ?? ['other', 'task'];
  return result?.[member] === undefined ? 'other' : view;
}

export interface Head {
  name: string; // empty for the only one
  labels: readonly Label[];
}

export function headsOf(result: Result): Head[] {
  const heads = Object.entries(result.heads ?? {}).map(([name, { labels }]) => ({ name, labels }));
  return heads.length > 0 ? heads : [{ name: '', labels: result.labels ?? [] }];
}

/** What a card has room for: the best labels, or of several heads each one's best. */
export function fewLabels(result: Result, most: number): Label[] {
  const heads = headsOf(result);
  if (heads.length === 1) return heads[0].labels.slice(0, most);
  const best = heads.filter(({ labels }) => labels.length > 0).slice(0, most);
  return best.map(({ name, labels: [{ label, score }] }, index) => ({ label: `${name}: ${label}`, index, score }));
}

export interface Summary {
  headline: string;
  detail: string;
}

const NAMED = 3;

/** A result in a few words. What a result of labels says are its labels: it has a headline only when there are none. */
export function summaryOf(result: Result): Summary {
  const { objects = [], classes = [], depth, picture, embedding = [], voxels, mesh, tensors = [] } = result;
  switch (viewOf(result)) {
    case 'labels':
      return { headline: fewLabels(result, 1).length > 0 ? '' : 'No label', detail: '' };
    case 'boxes': {
      const best = objects.slice(0, NAMED).map((object) => `${object.label} ${score(object.score)}`);
      return { headline: objects.length > 0 ? count(objects.length, 'object') : 'No object', detail: listed(best, objects.length) };
    }
    case 'areas': {
      const largest = classes.slice(0, NAMED).map(({ label, share }) => `${label} ${percent(share)}`);
      return { headline: classes.length === 1 ? '1 class' : `${classes.length} classes`, detail: listed(largest, classes.length) };
    }
    case 'depth':
      return { headline: 'Depth', detail: `${decimal(depth!.min)} to ${decimal(depth!.max)}` };
    case 'picture':
      return { headline: 'Picture', detail: `${picture!.width} × ${picture!.height}` };
    case 'vector':
      return { headline: count(embedding.length, 'number'), detail: result.length === undefined ? '' : `length ${decimal(result.length)}` };
    case 'solid':
      return { headline: count(voxels!.solid, 'voxel'), detail: mesh ? count(mesh.triangles, 'triangle') : '' };
    case 'tensors': {
      const first = tensors.slice(0, NAMED).map((tensor) => `${tensor.name} ${shape(tensor.shape)}`);
      return { headline: count(tensors.length, 'tensor'), detail: listed(first, tensors.length) };
    }
    case 'other':
      return { headline: '', detail: '' };
  }
}

function listed(first: readonly string[], all: number): string {
  return first.join(', ') + (all > first.length ? ` and ${grouped(all - first.length)} more` : '');
}

export function artifactOf(job: Job, name: string): Artifact | undefined {
  return job.artifacts.find((artifact) => artifact.name === name);
}

// What is drawn on a large photograph is a PNG of many megabytes: too much for a card.
const CARD_BYTES = 4_000_000;
const DRAWN: Partial<Record<View, string>> = {
  areas: 'overlay.png',
  depth: 'depth.png',
  picture: 'image.png',
  solid: 'preview.png',
};

/** The picture of a card: the artifact that shows best what came out, if there is one and it is small enough. */
export function drawnFor(job: Job): Artifact | undefined {
  if (job.state !== 'succeeded' || !job.result) return undefined;
  const view = viewOf(job.result);
  // Frames are drawn by the page, but of a transformed picture the service alone has what they are on.
  const name = view === 'boxes' && isTransformed(job.result) ? 'boxes.png' : DRAWN[view];
  const artifact = name === undefined ? undefined : artifactOf(job, name);
  return artifact && artifact.size <= CARD_BYTES ? artifact : undefined;
}

/** The picture that was handed in, as long as the service has it. */
export function inputOf(job: Job): string | undefined {
  return isInputKept(job) ? job.links.input : undefined;
}

/** The upright picture's size, in which boxes are given. */
export function sizeOf(job: Job, result: Result): { width: number; height: number } {
  return result.image ?? job.input;
}

/** Of a class, as the service draws it: hues a golden angle apart. */
export function colorOf(index: number): string {
  const hue = ((Math.max(0, index) * 137.50776405) % 360) / 60;
  const channel = (shift: number) => {
    const k = (shift + hue) % 6;
    const value = Math.round(255 * (1 - 0.85 * Math.max(0, Math.min(k, 4 - k, 1))));
    return value.toString(16).padStart(2, '0');
  };
  return `#${channel(5)}${channel(3)}${channel(1)}`;
}

/** Whether the model saw another picture than the one that was handed in, so that places on it are not places on that. */
export function isTransformed(result: Result): boolean {
  return (result.provenance?.transforms ?? []).some(({ p }) => p !== 0);
}

/** Where something lies on a picture: in percent of its sides. */
export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

const WHOLE: Place = { left: 0, top: 0, width: 100, height: 100 };

/** Where what was drawn lies on the picture that was handed in; nowhere when that is not what was drawn on. */
export function placeOf(job: Job, result: Result): Place | undefined {
  if (isTransformed(result)) return undefined;
  const { width, height } = sizeOf(job, result);
  if (viewOf(result) !== 'picture') return WHOLE;
  if (!result.region) return result.picture!.width === width && result.picture!.height === height ? WHOLE : undefined;
  const [left, top, across, down] = result.region;
  return { left: (left / width) * 100, top: (top / height) * 100, width: (across / width) * 100, height: (down / height) * 100 };
}

/** Which part of the picture a result shows, when that is not all of it. */
export function regionWords(job: Job, result: Result): string {
  const [left, top, width, height] = (result.region ?? []).map(Math.round);
  const size = sizeOf(job, result);
  if (!result.region || isTransformed(result)) return '';
  if (left <= 0 && top <= 0 && left + width >= size.width && top + height >= size.height) return '';
  return `${width} × ${height} of the picture, at ${left}, ${top}`;
}

/** Whether what is to be seen stands beside the picture rather than on it, and wants the room of both. */
export function isWide(job: Job, result: Result | undefined): boolean {
  if (job.state !== 'succeeded' || !result) return false;
  const view = viewOf(result);
  return view === 'depth' || view === 'solid' || ((view === 'picture' || view === 'areas') && !placeOf(job, result));
}
