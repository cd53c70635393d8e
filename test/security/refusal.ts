import { Problem } from '../../src/record/problem.js';

/** The problem that a piece of work ends with; fails the test when it ends with anything else. */
export async function refusal(work: () => unknown): Promise<Problem> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
