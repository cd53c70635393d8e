import { type SentRequest, TOKEN_STAND_IN } from './exchange.js';

/**
 * The request as a command for a POSIX shell that sends it again, byte for byte. The token is left out: the shell has it
 * in the variable `TOKEN`. No text of the request is read by the shell, or by curl as anything but what is sent.
 */
export function curlOf({ method, url, headers, body }: SentRequest): string {
  const words = [
    'curl --globoff --silent --show-error',
    `--request ${method}`,
    ...Object.entries(headers).map(([name, value]) => `--header ${quotedHeader(name, value)}`),
    // Not --data: that would read a file where the text begins with @.
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`]),
    `--url ${quoted(url)}`,
  ];
  return words.join(' \\\n  ');
}

/** The variable stands between the quoted parts, in quotes that let the shell read it and nothing else. */
function quotedHeader(name: string, value: string): string {
  return `${name}: ${value}`
    .split(TOKEN_STAND_IN)
    .map((part) => (part === '' ? '' : quoted(part)))
    .join(`"${TOKEN_STAND_IN}"`);
}

/** Within single quotes a shell reads nothing but the next single quote. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", () => `'\\''`)}'`;
}
