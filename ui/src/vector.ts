/** At most `most` heights from -1 to 1, relative to the number farthest from zero: of each share, its farthest. */
export function barsOf(values: readonly number[], most: number): number[] {
  const bars = Math.min(values.length, most);
  const farthest = values.reduce((longest, value) => Math.max(longest, Math.abs(value)), 0) || 1;
  return Array.from({ length: bars }, (_, bar) => {
    const begin = Math.floor((bar * values.length) / bars);
    const end = Math.floor(((bar + 1) * values.length) / bars);
    const share = values.slice(begin, end);
    return share.reduce((far, value) => (Math.abs(value) > Math.abs(far) ? value : far), 0) / farthest;
  });
}
