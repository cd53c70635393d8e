import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { item, type PartnerGateway, predicate, startPartnerGateway } from './partner-gateway.js';

/** The published OpenAPI documents; not part of the project. */
const FOLDER = process.env['DCI_SPEC'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'spec');
const present = existsSync(join(FOLDER, 'social_api_v1.0.0.yaml'));
if (!present) process.stderr.write(`skipped: the published OpenAPI documents are not in ${FOLDER}\n`);

/** OpenAPI 3.0 is not quite JSON Schema: these keywords say nothing of a value. */
const ANNOTATIONS = ['example', 'xml', 'discriminator', 'externalDocs', 'xample'];

interface OpenApi {
  readonly paths: Record<string, { post: { responses: { default: { content: Record<string, { schema: object }> } } } }>;
  readonly components: object;
}

function validatorOf(registry: string) {
  const document = parse(readFileSync(join(FOLDER, `${registry}_api_v1.0.0.yaml`), 'utf8')) as OpenApi;
  const operation = document.paths['/registry/sync/search'];
  const schema = operation?.post.responses.default.content['application/json']?.schema;
  if (!schema) throw new Error('the document has no answer to a sync search');
  const ajv = new Ajv({ strict: false, allErrors: true, keywords: ANNOTATIONS });
  addFormats.default(ajv);
  ajv.addFormat('int32', true);
  return ajv.compile({ ...schema, components: document.components });
}

(present ? describe : describe.skip)('the published schema of', () => {
  let gateway: PartnerGateway;
  beforeAll(async () => {
    gateway = await startPartnerGateway();
  });
  afterAll(() => gateway.close());

  test.each([
    ['social', 'ns:org:RegistryType:Social'],
    ['crvs', 'ns:org:RegistryType:Civil'],
  ])('%s accepts our answers: matches, none, and rejected items', async (registry, regType) => {
    const validate = validatorOf(registry);
    const criteria = { reg_type: regType };
    const { body } = await gateway.search(
      item('found', 'predicate', predicate('birth_date', 'gt', '1900-01-01'), criteria),
      item('none', 'idtype-value', { type: 'UIN', value: 'NOBODY' }, criteria),
      item('rejected', 'predicate', predicate('birth_date', 'eq', 'x'), criteria),
    );
    expect(body.message.search_response.map(({ status }) => status)).toEqual(['succ', 'succ', 'rjct']);
    expect(validate(body) ? [] : validate.errors).toEqual([]);
    // The schema does refuse something.
    expect(validate({ ...body, header: { ...body.header, status: 'fine' } })).toBe(false);
  });
});
