// What was measured against what must hold: the same table as server/examples/load prints.

/** The value in the middle. */
export const median = (values) => quantile(values, 0.5);

/** The value that 95 of 100 do not exceed. */
export const p95 = (values) => quantile(values, 0.95);

function quantile(values, part) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)];
}

/** Rows with a number that must not be exceeded, and one that we aim at, where there are such. */
export class Table {
  rows = [];

  add(what, measured, { must = Infinity, aim = must } = {}) {
    console.error(`${what}: ${measured.toFixed(2)}`);
    this.rows.push({ what, measured, must, aim });
  }

  /** Whether every number holds what it must. */
  holds() {
    return this.rows.every(({ measured, must }) => measured <= must);
  }

  toString() {
    const line = (what, measured, must, aim, ok) =>
      `${what.padEnd(68)} ${measured.padStart(10)} ${must.padStart(10)} ${aim.padStart(10)}  ${ok}`;
    const row = ({ what, measured, must, aim }) => {
      const ok = measured > must ? "MISSED" : measured > aim || aim === must ? "yes" : "yes, aim reached";
      const limit = (most) => (most === Infinity ? "" : `≤ ${most}`);
      return line(what, measured.toFixed(2), limit(must), limit(aim), ok);
    };
    return [line("what", "measured", "must", "aim", "ok"), ...this.rows.map(row)].join("\n");
  }
}
