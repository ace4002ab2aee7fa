import { css } from 'lit';

/** What the shadow trees of all components share: buttons, links, focus, text for screen readers alone. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  [hidden] {
    display: none !important;
  }

  button,
  select,
  .button {
    min-height: 2.25rem;
    padding: 0.3rem 0.85rem;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-size: 0.875rem;
    line-height: 1.3;
    cursor: pointer;
  }

  .button {
    display: inline-flex;
    align-items: center;
    text-decoration: none;
  }

  button:hover,
  select:hover,
  .button:hover {
    border-color: var(--line-strong);
  }

  button.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }

  button.primary:hover {
    filter: brightness(1.08);
  }

  button.quiet {
    border-color: transparent;
    background: none;
    color: var(--muted);
  }

  button.quiet:hover {
    color: var(--text);
    background: var(--raised);
  }

  button.danger {
    color: var(--bad);
  }

  button:disabled {
    cursor: default;
    opacity: 0.55;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
  }

  .muted {
    color: var(--muted);
  }

  .number {
    font-variant-numeric: tabular-nums;
  }

  .for-readers {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    padding: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (pointer: coarse) {
    button,
    select,
    .button {
      min-height: 2.75rem;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;
