import 'reflect-metadata';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema, type PubSub } from 'type-graphql';
import { RoleResolvers } from './api-clients/role-resolvers.js';
import { ApiClientResolvers } from './api-clients/api-client-resolvers.js';
import { AuditQueries } from './audit/audit-queries.js';
import { ExplainAccessQuery } from './audit/explain-access-query.js';
import { ConflictResolvers } from './conflicts/conflict-resolvers.js';
import { MergeResolvers } from './conflicts/merge-resolvers.js';
import { DisabilityQueries } from './disabilities/disability-queries.js';
import { SaveDisabilityMutation } from './disabilities/save-disability.js';
import { EnrolmentQueries } from './enrolments/enrolment-queries.js';
import { ProgrammeQueries } from './enrolments/programme-queries.js';
import { SaveEnrolmentMutation } from './enrolments/save-enrolment.js';
import { SaveProgrammeMutation } from './enrolments/save-programme.js';
import { DeliveryResolvers } from './exchanges/deliveries.js';
import { EventSubscriptionQueries } from './exchanges/event-subscriptions.js';
import { InboxQueries } from './exchanges/inbox.js';
import { SourceRequestQueries } from './exchanges/source-requests.js';
import { FarmerQueries } from './farmers/farmer-queries.js';
import { SaveFarmerMutation } from './farmers/save-farmer.js';
import { DataSourceMutations } from './data-sources/data-source-mutations.js';
import { DataSourceQueries } from './data-sources/data-source-queries.js';
import { ImportRunExchanges, SourceRequestExchange } from './data-sources/exchange-fields.js';
import { RegistrySearchQuery } from './data-sources/registry-search-query.js';
import { RemoteFields } from './data-sources/remote-fields.js';
import { GroupQueries } from './groups/group-queries.js';
import { SaveGroupMutation } from './groups/save-group.js';
import { ImportMutations } from './imports/import-mutations.js';
import { ImportQueries } from './imports/import-queries.js';
import { ImportScheduleMutations } from './imports/import-schedule-mutations.js';
import { UndoMutation } from './imports/undo-mutation.js';
import { PreviewMutations } from './imports/preview-mutations.js';
import { EraseIndividualMutation } from './individuals/erase-individual.js';
import { IndividualQueries } from './individuals/individual-queries.js';
import { PastFields } from './individuals/past-fields.js';
import { SaveIndividualMutation } from './individuals/save-individual.js';
import { LocationQueries } from './locations/location-queries.js';
import { ImportRunSubscription } from './subscriptions/import-run-subscription.js';
import { faultsOfFieldTable } from './sight/check-field-table.js';

/** Events come from the database, not from topics in this process; without this nothing is built that has subscriptions. */
const NO_TOPICS: PubSub = {
  publish() {
    throw new Error('There are no topics to publish to');
  },
  subscribe() {
    throw new Error('There are no topics to subscribe to');
  },
};

/**
 * Builds the graph, of whose every field it must be known what it tells of people. No middleware and no check of single fields: either would
 * be paid for by every value of an answer.
 */
export async function buildGraphSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      ApiClientResolvers,
      AuditQueries,
      ConflictResolvers,
      DataSourceMutations,
      DataSourceQueries,
      DeliveryResolvers,
      DisabilityQueries,
      EraseIndividualMutation,
      EnrolmentQueries,
      EventSubscriptionQueries,
      ExplainAccessQuery,
      FarmerQueries,
      GroupQueries,
      ImportMutations,
      InboxQueries,
      ImportQueries,
      ImportRunExchanges,
      ImportScheduleMutations,
      ImportRunSubscription,
      IndividualQueries,
      LocationQueries,
      PastFields,
      MergeResolvers,
      PreviewMutations,
      ProgrammeQueries,
      RegistrySearchQuery,
      RemoteFields,
      RoleResolvers,
      SaveDisabilityMutation,
      SaveEnrolmentMutation,
      SaveFarmerMutation,
      SaveGroupMutation,
      SaveIndividualMutation,
      SaveProgrammeMutation,
      SourceRequestExchange,
      SourceRequestQueries,
      UndoMutation,
    ],
    validate: false,
    pubSub: NO_TOPICS,
  });
  const faults = faultsOfFieldTable(schema);
  if (faults.length > 0) throw new Error(`The field table does not fit the schema: ${faults.join('; ')}`);
  return schema;
}

/** The schema as text, in an order that does not depend on that of the code. */
export function writeSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
