import { type Fault } from './faults.js';
import { errorReply, jsonReply, type Reply } from './replies.js';
import { InvalidMessage, readSearchMessage, type SearchMessage } from './search-message.js';
import { type Search, SearchFailure } from './search.js';
import { type Signer } from './signatures.js';
import { type Tokens } from './tokens.js';
import { type Truth } from './truth.js';

/** A search as it came to the door. */
export interface Asked {
  readonly authorization: string | undefined;
  readonly content: unknown;
  readonly faults: readonly Fault[];
}

/** Whoever answers searches. */
export interface Desk {
  answer(asked: Asked): Promise<Reply>;
  /** What an import comes to, from what an import of the births themselves comes to. */
  truth(births: Truth): Truth;
}

/** The search door of OpenCRVS 1.0. */
export class OpenCrvs1Desk implements Desk {
  readonly #search: Search;
  readonly #tokens: Tokens;
  readonly #signer: Signer | null;

  constructor(search: Search, tokens: Tokens, signer: Signer | null) {
    this.#search = search;
    this.#tokens = tokens;
    this.#signer = signer;
  }

  async answer({ authorization, content, faults }: Asked): Promise<Reply> {
    if (authorization === undefined) return errorReply(401, 'Authorization header is missing');
    if (!authorization.startsWith('Bearer')) {
      return errorReply(401, 'Authorization header is missing Bearer authentication scheme');
    }
    try {
      const message = readSearchMessage(content);
      checkSafety(message);
      // The token is looked at by the register behind the server, which a message without questions never reaches.
      if (message.requests.length > 0 && !(await this.#tokens.isValid(authorization.slice(7)))) {
        return errorReply(401, 'Unauthorized in gateway');
      }
      const answer = this.#search.answer(message, faults);
      if (this.#signer === null) return jsonReply(200, answer);
      return jsonReply(200, { ...answer, signature: await this.#signer.sign(JSON.stringify(answer)) });
    } catch (error) {
      if (error instanceof InvalidMessage) return errorReply(400, error.message);
      if (error instanceof SearchFailure) return errorReply(500, 'Internal Server Error');
      throw error;
    }
  }

  truth(births: Truth): Truth {
    return births;
  }
}

/** Encryption is not imitated; a signature is not checked, but it must be one that the real server could check. */
function checkSafety({ isEncrypted, signature, senderId }: SearchMessage): void {
  if (isEncrypted) throw new SearchFailure('Encrypted, but the message is plain');
  if (signature === '') throw new SearchFailure('An empty signature');
  if (signature !== undefined && !URL.canParse(senderId)) throw new SearchFailure('No keys for the signature');
}
