import { readFile } from 'node:fs/promises';
import { Problem } from '../record/problem.js';

/** What a JSON file of an operator holds. Throws a `Problem`: `FILE_UNREADABLE`, `FILE_NOT_JSON`. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Problem('FILE_UNREADABLE', `${path} cannot be read: check the name of the file and who may read it`, {
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('FILE_NOT_JSON', `${path} does not hold JSON`, { cause });
  }
}
