/** Small things kept in this browser. Storage may be forbidden: then they last as long as the page. */

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`darkroom.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`darkroom.${name}`, value);
  } catch {
    // Not kept; nothing depends on it.
  }
}
