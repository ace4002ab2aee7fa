import { css } from 'lit';

export const detailsStyle = css`
  dialog {
    width: min(64rem, calc(100vw - 2rem));
    max-height: calc(100dvh - 2rem);
    padding: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--text);
    box-shadow: 0 2rem 6rem var(--shadow);
    overflow: auto;
  }

  dialog::backdrop {
    background: var(--veil);
  }

  .head,
  .actions {
    position: sticky;
    z-index: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    padding: 0.7rem 1.25rem;
    background: var(--surface);
  }

  .head {
    top: 0;
    flex-wrap: nowrap;
    gap: 0.15rem;
    padding-right: 0.7rem;
    border-bottom: 1px solid var(--line);
  }

  .actions {
    bottom: 0;
    border-top: 1px solid var(--line);
  }

  h2 {
    flex: 1;
    min-width: 0;
    margin: 0;
    overflow: hidden;
    font-size: 1.0625rem;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .close {
    width: 2.5rem;
    padding: 0;
  }

  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  }

  .facts,
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 0.9rem;
  }

  .facts {
    padding: 1.25rem;
  }

  .wide > * {
    grid-column: 1 / -1;
  }

  .wide .facts {
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 2.5rem;
  }

  .reason {
    margin: 0;
    padding: 0.6rem 0.8rem;
    border-radius: var(--radius-small);
    background: var(--bad-soft);
    overflow-wrap: anywhere;
  }

  .note {
    margin: 0;
    padding: 2.5rem 1.25rem;
    text-align: center;
  }

  h3 {
    margin: 0.6rem 0 -0.3rem;
    font-size: 0.8125rem;
    font-weight: 600;
    color: var(--muted);
  }

  dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0.25rem 1rem;
    margin: 0;
    font-size: 0.8125rem;
  }

  dt {
    color: var(--muted);
  }

  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }

  code {
    font: 0.9375em var(--mono);
  }

  .actions .danger {
    margin-left: auto;
  }

  @media (max-width: 44rem) {
    dialog {
      width: 100vw;
      max-width: none;
      height: 100dvh;
      max-height: none;
      border: 0;
      border-radius: 0;
    }

    .columns {
      grid-template-columns: minmax(0, 1fr);
    }

    .actions {
      padding-inline: 0.8rem;
      gap: 0.4rem;
    }

    .wide .facts {
      grid-template-columns: minmax(0, 1fr);
      gap: 0.9rem;
    }
  }
`;
