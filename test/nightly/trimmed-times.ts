/** The slowest tenth is left out: pauses of the machine say nothing about what is measured, and hide what would. */
const KEPT = 0.9;

/** The mean of the times that are kept, and the square of its standard error. */
export function moments(times: readonly number[]): { readonly mean: number; readonly error: number } {
  const kept = [...times].sort((a, b) => a - b).slice(0, Math.floor(times.length * KEPT));
  const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
  return { mean, error: variance / kept.length };
}

/** Welch's t. */
export function welch(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [moments(first), moments(second)];
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error);
}
