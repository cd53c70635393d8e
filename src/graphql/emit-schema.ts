import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildGraphSchema, writeSchema } from './schema.js';

// Run by `npm run schema` after a change of the graph.
const target = join(import.meta.dirname, '../../schema/schema.graphql');
await writeFile(target, writeSchema(await buildGraphSchema()));
