import { setTimeout as delay } from 'node:timers/promises';
import {
  type TypedDocumentString,
  WatchImportDocument,
  type WatchImportQuery,
} from '../../schema/generated/graphql.js';

/** Asks a gateway's graph with one of the typed documents; rejects with the errors of the answer. */
export async function ask<Result, Variables>(
  url: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const answer = (await response.json()) as { data?: Result; errors?: unknown };
  if (answer.errors !== undefined || answer.data === undefined) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

/** The member of a result union that is expected; throws with the refusal otherwise. */
export function expectMade<Result extends { __typename: string }, Name extends Result['__typename']>(
  result: Result,
  name: Name,
): Extract<Result, { __typename: Name }> {
  const isMade = (value: Result): value is Extract<Result, { __typename: Name }> => value.__typename === name;
  if (!isMade(result)) throw new Error(JSON.stringify(result));
  return result;
}

type Run = NonNullable<WatchImportQuery['importRun']>;

/** Watches a run as a dashboard does, until `isReached` or until it has ended. */
export async function watchImport(
  url: string,
  id: string,
  isReached: (run: Run) => boolean = () => false,
): Promise<Run> {
  for (;;) {
    const { importRun: run } = await ask(url, WatchImportDocument, { id });
    if (!run) throw new Error('the run is not there');
    if (run.state === 'SUCCEEDED' || run.state === 'FAILED' || isReached(run)) return run;
    await delay(100);
  }
}
