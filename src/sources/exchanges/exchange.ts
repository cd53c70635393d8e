/** A request as it went over the wire, but for the token: in its place stands `$TOKEN`. */
export interface SentRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `null`: it had none. */
  readonly body: string | null;
}

/** What is known of a request to another registry without reading it. */
export interface ExchangeFacts {
  /** `search`, `locations`, or the action of a request that is answered later. */
  readonly purpose: string;
  readonly sentAt: Date;
  /** Until the last byte of the answer, or until it was given up. */
  readonly durationMs: number;
  /** HTTP status; `null`: no answer came. */
  readonly status: number | null;
  /** The conditions, by name, that the registry could not be asked: its answer is held against them here. */
  readonly notPushedDown: readonly string[];
}

/** The words of a request and of its answer. They may name people. */
export interface ExchangeText {
  readonly request: SentRequest;
  /** The body as it came; `null`: none came. */
  readonly answer: string | null;
}

/** One request to another registry and what it answered. Every attempt is one. */
export interface Exchange extends ExchangeFacts, ExchangeText {}

/** Is told of each exchange when it is over. */
export type SeeExchange = (exchange: Exchange) => void;

/** What stands where the token stood. */
export const TOKEN_STAND_IN = '$TOKEN';

/** The text without the secrets, whichever way the other side echoes them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, () => TOKEN_STAND_IN)), text);
}
