import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { FieldSet } from '../../record/fields.js';
import { historyOf, type PersonRevision } from '../../registry/revisions/history.js';
import { shownValues } from '../../registry/revisions/person-values.js';
import { PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';
import { RevisionConnection, RevisionNode } from './history.js';
import { IndividualNode } from './individual-node.js';
import { PastIndividualNode } from './past-individual.js';
import { ProvenanceNode } from './provenance.js';

/** Where a person's values came from, and what they were before. */
@Resolver(() => IndividualNode)
export class PastFields {
  @FieldResolver(() => [ProvenanceNode], {
    nullable: true,
    description:
      'Where each value that is held came from. Values that nobody has written since the registry keeps this are missing.',
  })
  async provenance(
    @Root() individual: IndividualNode,
    @Ctx() { recordLoaders }: GraphContext,
    @Arg('field', () => String, {
      nullable: true,
      description: 'Of this value alone: `sex`, `birthDate`, `birthLocation`, ...',
    })
    field?: string | null,
  ): Promise<ProvenanceNode[]> {
    const values = await recordLoaders.provenanceByIndividual.load(rowIdOf(individual));
    return values
      .filter((value) => typeof field !== 'string' || value.field === field)
      .map((value) => new ProvenanceNode(value));
  }

  @FieldResolver(() => RevisionConnection, {
    nullable: true,
    description: "What became of the person's own values, the newest first.",
  })
  async history(
    @Root() individual: IndividualNode,
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<InstanceType<typeof RevisionConnection>> {
    const { records, caller, shown } = context;
    const { fields } = caller.access;
    const found = await historyOf(records, rowIdOf(individual), fields, readPage(page, caller.access));
    for (const name of toldBy(found.items, fields)) shown.addAttribute('individual', name);
    return new RevisionConnection(pageOf(found, (revision) => new RevisionNode(revision)));
  }

  @FieldResolver(() => PastIndividualNode, {
    nullable: true,
    description: "The person's own values as this registry held them at a moment; null before they were entered.",
  })
  async asOf(
    @Root() individual: IndividualNode,
    @Ctx() { recordLoaders }: GraphContext,
    @Arg('at', () => DateTimeScalar, { description: 'The moment.' }) at: Date,
  ): Promise<PastIndividualNode | null> {
    const values = await recordLoaders.pastValues.load({ individualId: rowIdOf(individual), at });
    return values && new PastIndividualNode(at, values);
  }
}

function rowIdOf({ id }: IndividualNode): string {
  return readGlobalId('Individual', id, 'id');
}

/** The fields that the changes tell of, for the ledger; of attributes each is one. */
function toldBy(revisions: readonly PersonRevision[], fields: FieldSet): Set<string> {
  const fieldOf = new Map(shownValues(fields).map((value) => [value.name, value.field]));
  return new Set(
    revisions
      .flatMap(({ changes }) => changes)
      .flatMap(({ field, old, new: now }) => fieldOf.get(field) ?? [...keysOf(old), ...keysOf(now)]),
  );
}

function keysOf(held: unknown): string[] {
  return typeof held === 'object' && held !== null ? Object.keys(held) : [];
}
