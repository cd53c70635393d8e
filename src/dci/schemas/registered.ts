import { z } from 'zod';

/** The schemas that have a name in the published document; everything else is written where it stands. */
export const messageSchemas = z.registry<{ readonly id: string }>();
