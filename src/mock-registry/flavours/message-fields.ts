import { z } from 'zod';
import { type Refusal } from './flavour.js';

/** A moment with its zone. */
export const moment = z.iso.datetime({ offset: true });

/** The header as every product reads it; what each wants beyond is its own. */
export const header = z.object({
  version: z.string().default('1.0.0'),
  message_id: z.string(),
  message_ts: moment,
  action: z.literal('search'),
  sender_id: z.string(),
  sender_uri: z.string().nullish(),
  receiver_id: z.string().optional(),
  total_count: z.number(),
  is_msg_encrypted: z.boolean().default(false),
  meta: z.record(z.string(), z.unknown()).nullish(),
});

/** A page of which both numbers must be said. */
export const pagination = z.object({
  page_size: z.number().int().positive(),
  page_number: z.number().int().positive(),
});

/** An order by attributes. */
export const sort = z.array(z.object({ attribute_name: z.string(), sort_order: z.enum(['asc', 'desc']) }));

/** The content as the schema has it; throws a `Refusal` that names what is wrong and where. */
export function fitted<Schema extends z.ZodType>(
  schema: Schema,
  content: unknown,
  refuse: (sentence: string) => Refusal,
): z.infer<Schema> {
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  throw refuse(`${issue?.message ?? 'Invalid'}${path === '' ? '' : ` at "${path}"`}`);
}
