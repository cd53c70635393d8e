import { type BirthRegister } from '../births.js';
import { type Door } from '../faults.js';
import { type TokenPlace } from '../token-places.js';

/** The products whose servers the register can play. */
export const PROFILE_NAMES = [
  'opencrvs-1.0',
  'opencrvs-1.9',
  'openspp-17',
  'openspp-2',
  'openg2p',
  'spdci-1.0',
] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** A number under which a person is known, as the product calls its type. */
export interface KnownNumber {
  readonly type: string;
  readonly value: string;
}

/** What a search can look at; `''` where it is not known. */
export type Facts = Readonly<Record<string, string>>;

/** One record of the register. */
export interface Entry {
  readonly event: 'birth' | 'death' | 'marriage';
  readonly numbers: readonly KnownNumber[];
  readonly facts: Facts;
  readonly isGroup?: boolean;
  /** `false`: counted, but left out of every answer. */
  readonly isShown?: boolean;
  readonly record: () => object;
}

/** One question of a message, as the product understood it. */
export interface Question {
  readonly referenceId: string;
  readonly locale: string | undefined;
  readonly event: Entry['event'];
  readonly fits: (entry: Entry) => boolean;
  /** `reg_type` and such, which the answer repeats. */
  readonly repeated: object;
  /** `null`: everything at once. */
  readonly page: { readonly size: number; readonly number: number } | null;
}

/** A message that a product accepted. */
export interface Message {
  readonly header: {
    readonly version: string;
    readonly messageId: string;
    readonly messageTs: string;
    readonly senderId: string;
    readonly receiverId: string | undefined;
  };
  readonly transactionId: string;
  /** In place of a question the reason for which it alone is rejected. */
  readonly questions: readonly (Question | RejectedQuestion)[];
}

/** A question that is rejected by itself. */
export interface RejectedQuestion {
  readonly referenceId: string;
  readonly rejected: { readonly code: string; readonly message: string };
}

/** How one product answers at its doors. */
export interface Flavour {
  readonly name: ProfileName;
  /** `null`: it has no such door. */
  readonly paths: Readonly<Record<Door, string | null>>;
  /** In the order in which it looks. */
  readonly tokenPlaces: readonly TokenPlace[];
  /** Whether a token request must name the database. */
  readonly needsDatabase: boolean;
  /** How messages must be signed. */
  readonly signature: 'cavage' | 'jws-detached' | null;
  /** Whether its records are births with their parents, or people. */
  readonly holds: 'births' | 'people';
  readonly entries: (register: BirthRegister) => readonly Entry[];
  /** Throws `Refusal`. */
  readonly read: (content: unknown) => Message;
  readonly answer: AnswerForm;
  /** The body of an error. */
  readonly error: (status: number, message: string) => object;
}

/** What the answers of a product are like. */
export interface AnswerForm {
  readonly action: 'search' | 'on-search';
  readonly messageId: 'new' | 'echoed';
  readonly parties: 'swapped' | 'echoed' | 'absent';
  readonly counts: 'items' | 'records' | 'nothing';
  readonly itemsWithoutMatch: 'kept' | 'left-out';
  readonly recordType: string | null;
  /** What stands in `signature` while answers are not signed. */
  readonly unsigned: string | null;
}

/** A message that a product does not answer; `status` 200 with the words in the header of an answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    message: string,
    readonly code: string | null = null,
  ) {
    super(message);
  }
}
