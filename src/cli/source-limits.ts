import { type Command, InvalidArgumentError } from 'commander';
import { type RequestLimits, type RequestLimitsInput } from '../sources/request-limits.js';

/** As `addLimitOptions` reads them. */
export interface SourceLimitOptions {
  readonly requestsPerSecond?: number | false;
  readonly requestsPerDay?: number | false;
}

/** The options by which an operator says how much a source wants to be asked. */
export function addLimitOptions(command: Command): Command {
  return command
    .option(
      '--requests-per-second <number>',
      'that all gateways together send it at most, such as 5 or 0.5',
      readNumber,
    )
    .option('--no-requests-per-second', 'as many as we like')
    .option('--requests-per-day <number>', 'likewise for a day in UTC; imports wait for the next day', readNumber)
    .option('--no-requests-per-day', 'as many as we like');
}

/** What the options say. */
export function readLimitOptions({ requestsPerSecond, requestsPerDay }: SourceLimitOptions): RequestLimitsInput {
  return { requestsPerSecond: readLimit(requestsPerSecond), requestsPerDay: readLimit(requestsPerDay) };
}

/** For people. */
export function describeLimits({ requestsPerSecond, requestsPerDay }: RequestLimits): string {
  const limit = (count: number | null, time: string): string[] =>
    count === null ? [] : [`${String(count)} a ${time}`];
  const said = [...limit(requestsPerSecond, 'second'), ...limit(requestsPerDay, 'day')];
  return `Requests: ${said.length === 0 ? 'as many as we like' : `at most ${said.join(', ')}`}.`;
}

function readLimit(option: number | false | undefined): number | null | undefined {
  return option === false ? null : option;
}

function readNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('Give a number.');
  return number;
}
