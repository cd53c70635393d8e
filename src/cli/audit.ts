import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type JWK } from 'jose';
import { z } from 'zod';
import { Problem } from '../record/problem.js';
import { listAuditEntries } from '../security/audit/audit-entries.js';
import { linkEntries } from '../security/audit/chain.js';
import { lastCheckpoint, makeCheckpoint } from '../security/audit/checkpoints.js';
import { type AuditVerdict, type ExportedCheckpoint, verifyAudit } from '../security/audit/verify-audit.js';
import { CheckpointVerification } from '../security/audit/verify-checkpoints.js';
import { wholeNumber } from './number-arguments.js';
import { columns, print } from './output.js';
import { type Session, withSession } from './session.js';

interface ListOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `audit list|verify|checkpoint`: what was done, and the proof that nobody changed the record of it. */
export function auditCommand(): Command {
  const audit = new Command('audit').description('what was done and who was told, on record');

  audit
    .command('list')
    .description('the newest entries first')
    .option('--actor <name>', 'only of one: client:ID, operator:USER, person:..., gateway')
    .option('--action <word>', 'only of one kind: search.answered, client.created, individual.erased')
    .option('--limit <number>', 'most entries', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      await withSession(async ({ pool }) => {
        const { items } = await listAuditEntries(pool, {
          first: options.limit,
          actor: options.actor,
          action: options.action,
        });
        print(items, options, () =>
          columns([
            ['ENTRY', 'AT', 'ACTION', 'ACTOR', 'DETAIL'],
            ...items.map((one) => [one.id, one.at.toISOString(), one.action, one.actor, JSON.stringify(one.detail)]),
          ]),
        );
      });
    });

  audit
    .command('verify')
    .description('read the whole record through; ends with 1 when anything in it was changed, removed or put in')
    .option('--checkpoint <file>', 'a checkpoint that was exported: finds also what was cut off at the end')
    .option('--json', 'print JSON')
    .action(async (options: { checkpoint?: string; json?: boolean }) => {
      await withSession(async (session) => {
        const { pool, keys } = session;
        const anchor = options.checkpoint === undefined ? undefined : await readExport(session, options.checkpoint);
        const onProgress = process.stderr.isTTY ? (links: number) => showProgress(links) : undefined;
        const verdict = await verifyAudit(pool, { keys, anchor, onProgress });
        if (onProgress) process.stderr.write('\r\u001b[K');
        print(verdict, options, () => describe(verdict));
        if (verdict.found > 0) {
          throw new Problem(
            'AUDIT_BROKEN',
            `The record is not as it was written: ${String(verdict.found)} findings. Keep this database as it is, and ` +
              'compare it with a backup',
          );
        }
      });
    });

  audit
    .command('checkpoint')
    .description(
      'sign how far the chain is; a copy outside the database shows later that nothing before it was removed',
    )
    .option('--export <file>', 'write the checkpoint with its public key into a file; keep that elsewhere')
    .option('--json', 'print JSON')
    .action(async (options: { export?: string; json?: boolean }) => {
      await withSession(async ({ pool, keys }) => {
        await linkEntries(pool);
        const checkpoint = (await makeCheckpoint(pool, keys, { now: true })) ?? (await lastCheckpoint(pool));
        if (checkpoint === null) {
          throw new Problem('AUDIT_EMPTY', 'Nothing is on record yet: there is nothing to sign');
        }
        const kid = String(z.object({ kid: z.string() }).parse(headerOf(checkpoint.jws)).kid);
        const exported = { checkpoint: checkpoint.jws, key: await new CheckpointVerification(pool).publicJwk(kid) };
        if (options.export !== undefined) {
          await writeFile(options.export, `${JSON.stringify(exported, null, 2)}\n`);
        }
        print({ ...checkpoint, key: exported.key }, options, () => [
          `Position ${checkpoint.position}, signed at ${checkpoint.madeAt.toISOString()} with key ${kid}`,
          options.export === undefined ? checkpoint.jws : `Written to ${options.export}: keep it outside this machine.`,
        ]);
      });
    });

  return audit;
}

const EXPORT = z.object({
  checkpoint: z.string(),
  key: z.custom<JWK>((value) => z.record(z.string(), z.unknown()).safeParse(value).success).nullable(),
});

async function readExport({ pool }: Session, file: string): Promise<ExportedCheckpoint> {
  const unusable = (why: string): Problem =>
    new Problem('CHECKPOINT_INVALID', `${file} ${why}: name a file of dci-gateway audit checkpoint --export`);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw unusable('cannot be read');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unusable('is no JSON');
  }
  const exported = EXPORT.safeParse(parsed);
  if (!exported.success) throw unusable('holds no checkpoint');
  const { checkpoint, key } = exported.data;
  const said = await new CheckpointVerification(pool).read(checkpoint, key ?? undefined);
  if (said === null) throw unusable('holds a checkpoint that is not signed by the key beside it');
  return said;
}

function headerOf(jws: string): unknown {
  return JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString('utf8'));
}

function showProgress(links: number): void {
  process.stderr.write(`\r${String(links)} links`);
}

function describe(verdict: AuditVerdict): string[] {
  const { links, disclosures, checkpoints, waiting, found, findings } = verdict;
  return [
    `${String(links)} entries in the chain, ${String(disclosures)} disclosures, ${String(checkpoints)} checkpoints` +
      (waiting > 0 ? `; ${String(waiting)} entries wait to be linked` : ''),
    ...findings.map(
      ({ code, position, entry }) =>
        `${code}${position === null ? '' : ` at position ${position}`}${entry === null ? '' : `, entry ${entry}`}`,
    ),
    ...(found > findings.length ? [`... and ${String(found - findings.length)} more`] : []),
    found === 0 ? 'The record is whole: nothing was changed, removed or put in.' : 'THE RECORD WAS TAMPERED WITH.',
  ];
}
