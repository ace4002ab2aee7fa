/** Handlers of <img>: a file that is no picture leaves its frame empty, instead of the browser's mark in it. */

export function hideBroken(event: Event): void {
  (event.target as HTMLElement).hidden = true;
}

export function showAgain(event: Event): void {
  (event.target as HTMLElement).hidden = false;
}
