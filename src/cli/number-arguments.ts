import { InvalidArgumentError } from 'commander';

/** Reads an option that is a count: a whole number from 1. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It takes a whole number from 1.');
  return number;
}

/** Reads an option that is a port: 0 to 65535. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('It takes 0 to 65535.');
  return port;
}
