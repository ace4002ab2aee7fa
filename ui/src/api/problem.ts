/** A refusal of the service (RFC 9457), or the lack of any answer: then `status` is 0 and `code` is "unreachable". */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds after which the service asks to be tried again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  static unreachable(): Problem {
    return new Problem(0, 'unreachable', 'The service cannot be reached.');
  }

  /** Whether the same request may succeed later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export function problemOf(status: number, body: string, retryAfter: string | null): Problem {
  const seconds = retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  try {
    const { code, title, detail } = JSON.parse(body) as { code?: string; title?: string; detail?: string };
    return new Problem(status, code ?? '', detail || title || `The service answered ${status}.`, seconds);
  } catch {
    return new Problem(status, '', `The service answered ${status}.`, seconds);
  }
}
