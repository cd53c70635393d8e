import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import {
  writeRejectedMessage,
  writeSearchAnswer,
  type AnswerSettings,
  type ItemOutcome,
} from '../../src/dci/answer.js';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { writeSearchRequest } from '../../src/dci/search-request.js';
import { MARY } from './people.js';
import { accepted, body, bornIn2000, criteria, item, LIMITS, readSearchMessage } from './search-body.js';

const FOLDER = resolve(join(import.meta.dirname, '../..'), process.env.DCI_SPEC ?? '../shared/spec');
const FILES = ['social', 'crvs'].map((registry) => join(FOLDER, `${registry}_api_v1.0.0.yaml`));
const PRESENT = FILES.every((file) => existsSync(file));
if (!PRESENT) process.stderr.write('skipped, no published schemas (DCI_SPEC): the shapes of v1.0.0\n');

/** What of an answer does not fit the published schema of sync search; empty where all does. */
function misfits(file: string, part: 'request' | 'answer', message: unknown): unknown {
  const document = parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, { post: { requestBody: Content; responses: { default: Content } } }>;
    components: object;
  };
  const operation = document.paths['/registry/sync/search']?.post;
  const content = part === 'request' ? operation?.requestBody : operation?.responses.default;
  const schema = content?.content['application/json'].schema;
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...schema, components: document.components });
  validate(JSON.parse(JSON.stringify(message)));
  return validate.errors ?? [];
}

interface Content {
  content: { 'application/json': { schema: object } };
}

const settings: AnswerSettings = {
  dialect: dialect('spdci-1.0'),
  senderId: 'registry.example.org',
  now: new Date('2026-01-15T10:30:00Z'),
  messageId: 'm-new',
  correlationId: 'c-1',
};

(PRESENT ? describe : describe.skip).each(FILES.map((file) => [basename(file), file]))(
  'the published schema %s',
  (_, file) => {
    test('is really looked at', () => {
      expect(misfits(file, 'answer', { header: { status: 'fine' } })).not.toEqual([]);
      expect(misfits(file, 'request', { header: {} })).not.toEqual([]);
    });

    test('fits an answer with a person, one without a match and a rejected one', () => {
      const asked = accepted(
        body([item('r-1', criteria(bornIn2000)), item('r-2', criteria([])), item('r-3', criteria(bornIn2000))]),
      );
      const page = { size: 20, number: 1 };
      const outcomes: ItemOutcome[] = asked.items.map((question, index) =>
        question.ok
          ? {
              ok: true,
              question,
              records: index === 0 ? [{ kind: 'individual', ...MARY }] : [],
              total: 1 - Math.sign(index),
              page,
              nextCursor: null,
            }
          : question,
      );
      expect(misfits(file, 'answer', writeSearchAnswer(asked, outcomes, settings))).toEqual([]);
    });

    test('fits the rejection of a whole message', () => {
      const message = readSearchMessage(body([item('r-1', criteria(bornIn2000))], { action: 'notify' }), LIMITS);
      if (!message.rejected) throw new Error('The action notify was accepted');
      expect(misfits(file, 'answer', writeRejectedMessage(message, settings))).toEqual([]);
    });

    test('fits the requests that we send', () => {
      const { message } = writeSearchRequest({
        dialect: dialect('spdci-1.0'),
        items: [
          {
            filter: { kind: 'compare', attribute: 'birth_date', operator: 'ge', values: ['2020-01-01'] },
            sort: [{ attribute: 'birth_date', direction: 'asc' }],
            page: { size: 100, number: 1 },
          },
          {
            filter: { kind: 'identifier', type: 'UIN', values: ['1'] },
            sort: [],
            page: { size: 100, number: 1 },
          },
        ],
        senderId: 'gateway.example.org',
        senderUri: 'https://gateway.example.org/registry/on-search',
        receiverId: 'crvs.example.org',
        now: new Date('2026-01-15T10:30:00Z'),
      });
      expect(misfits(file, 'request', message)).toEqual([]);
    });
  },
);
