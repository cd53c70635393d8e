import { type Dialect } from '../../dci/dialects/dialect.js';
import { field, textOf, type WireObject, wireObject } from '../../dci/wire-object.js';
import { ownWords, type ProbeAnswer } from './probe-search.js';

/** What speaks for a dialect and what against it, a sentence each. */
export interface Signs {
  readonly for: readonly string[];
  readonly against: readonly string[];
}

/** How far an answer is what speakers of the dialect give. */
export function signsOf(dialect: Dialect, answer: Extract<ProbeAnswer, { outcome: 'answered' }>): Signs {
  const { header, item, asked } = answer;
  const own = ownWords(asked);
  const signs: { for: string[]; against: string[] } = { for: [], against: [] };
  const sign = (holds: boolean, sentence: string, otherwise: string): void => {
    if (holds) signs.for.push(sentence);
    else signs.against.push(otherwise);
  };
  const action = textOf(header.action) ?? 'nothing';
  sign(action === dialect.answer.action, `Answers have the action ${action}.`, `Answers have the action ${action}.`);
  const echoes = textOf(header.message_id) === own.messageId;
  sign(
    echoes === (dialect.answer.messageId === 'echoed'),
    echoes ? 'Answers repeat the id of the question.' : 'Answers have an id of their own.',
    echoes ? 'Answers repeat the id of the question.' : 'Answers have an id of their own.',
  );
  const sender = textOf(header.sender_id);
  if (sender !== null) {
    const isEchoed = sender === own.senderId;
    const sentence = isEchoed ? 'Answers name us as their sender.' : 'Answers come from the one who was asked.';
    sign(isEchoed === (dialect.answer.parties === 'echoed'), sentence, sentence);
  }
  if (item === null) {
    const sentence = 'A question was left out of the answer.';
    sign(dialect.request.leavesOutItemsWithoutMatch === true, sentence, sentence);
  }
  const [record] = answer.written;
  if (record !== undefined) {
    const { shape, fields } = shapeOf(record);
    sign(
      shape === dialect.record.shape && fields.includes(dialect.record.identifiers),
      `Records have ${dialect.record.shape === 'person' ? 'a name in parts' : 'flat names'} and ${dialect.record.identifiers}.`,
      `Records are not of the shape of ${dialect.name}.`,
    );
  }
  return signs;
}

/** The shape of a record and the names of its fields. */
export function shapeOf(record: WireObject): {
  readonly shape: 'flat-names' | 'person' | 'unknown';
  readonly fields: readonly string[];
} {
  const fields = Object.keys(record).sort();
  if (wireObject(field(record, 'name')) !== null) return { shape: 'person', fields };
  const isFlat = field(record, 'givenName', 'familyName') !== undefined;
  return { shape: isFlat ? 'flat-names' : 'unknown', fields };
}
