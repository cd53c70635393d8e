import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SignatureProfile } from '../../record/signature-profile.js';
import type { ProbeReport, ProbeRequest, QueryType, QueryVerdict } from '../../sources/probe/probe-report.js';
import { OutboundSignatureEnum } from '../api-clients/api-client-node.js';
import {
  CredentialLocationEnum,
  DataSourceParameterNode,
  DataSourcePathsNode,
  DialectEnum,
} from './data-source-node.js';

const TokenStyleEnum = { ...CredentialLocationEnum, NONE: 'none' } as const;
registerEnumType(TokenStyleEnum, {
  name: 'TokenStyle',
  description: 'Where a token endpoint reads client id and secret.',
  valuesConfig: {
    FORM: { description: 'In a form body.' },
    BASIC: { description: 'In the Authorization header.' },
    JSON: { description: 'In a JSON body.' },
    QUERY: { description: 'In the address alone, which servers log.' },
    NONE: { description: 'There is no token endpoint.' },
  },
});

const QueryVerdictEnum = { ANSWERED: 'answered', REFUSED: 'refused', UNKNOWN: 'unknown' } as const;
registerEnumType(QueryVerdictEnum, {
  name: 'QueryVerdict',
  description: 'Whether a registry answers a kind of query.',
  valuesConfig: {
    ANSWERED: { description: 'It does.' },
    REFUSED: { description: 'It does not.' },
    UNKNOWN: { description: 'Nothing that came back tells.' },
  },
});

const RecordShapeEnum = { PERSON: 'person', FLAT_NAMES: 'flat-names', UNKNOWN: 'unknown' } as const;
registerEnumType(RecordShapeEnum, {
  name: 'RecordShape',
  description: 'How the records of a registry are built.',
  valuesConfig: {
    PERSON: { description: 'A name in parts, fields with underscores.' },
    FLAT_NAMES: { description: 'Names beside the other fields, in camel case.' },
    UNKNOWN: { description: 'No record was seen.' },
  },
});

@InputType({ description: 'A registry to be looked at.' })
export class ProbeDataSourceInput {
  @Field(() => String, { description: 'Its address, such as `https://crvs.example.org`.' })
  url!: string;

  @Field(() => String, { nullable: true, description: 'What we call ourselves at its token endpoint.' })
  clientId?: string | null;

  @Field(() => String, { nullable: true, description: 'Used for this probe and forgotten.' })
  clientSecret?: string | null;

  @Field(() => String, { nullable: true, description: 'The database, where its token endpoint wants one named.' })
  dbName?: string | null;

  @Field(() => DialectEnum, { nullable: true, description: 'What it should speak; anything else is a refusal.' })
  expected?: NonNullable<ProbeRequest['expected']> | null;
}

/** The input as the sources take it. */
export function readProbe({ url, clientId, clientSecret, dbName, expected }: ProbeDataSourceInput): ProbeRequest {
  return {
    url,
    clientId: clientId ?? undefined,
    clientSecret: clientSecret ?? undefined,
    dbName: dbName ?? undefined,
    expected: expected ?? undefined,
  };
}

@ObjectType('ProbedQuery', { description: 'A kind of query that a registry was asked.', simpleResolvers: true })
class ProbedQueryNode {
  @Field(() => String, { description: '`idtype-value`, `predicate` or `expression`.' })
  readonly type: QueryType;

  @Field(() => QueryVerdictEnum, { description: 'What it made of it.' })
  readonly verdict: QueryVerdict;

  constructor(type: QueryType, verdict: QueryVerdict) {
    this.type = type;
    this.verdict = verdict;
  }
}

@ObjectType('DataSourceProbe', {
  description:
    'What was found out of a registry by asking it. Nothing of it is kept, and nothing of a person is in it.',
  simpleResolvers: true,
})
export class DataSourceProbeNode {
  @Field(() => String, { description: 'Its address in the plain form.' })
  readonly baseUrl: string;

  @Field(() => DialectEnum, { nullable: true, description: 'The dialect to set it up with; null: none that we know.' })
  readonly profile: ProbeReport['profile'];

  @Field(() => [String], { description: 'Why, a sentence each.' })
  readonly reasons: readonly string[];

  @Field(() => [String], { description: 'What the operator should know, a sentence each.' })
  readonly warnings: readonly string[];

  @Field(() => TokenStyleEnum, { nullable: true, description: 'How it gives tokens; null: not found out.' })
  readonly tokenStyle: ProbeReport['tokenStyle'];

  @Field(() => [ProbedQueryNode], { description: 'Which kinds of query it answers.' })
  readonly queryTypes: readonly ProbedQueryNode[];

  @Field(() => RecordShapeEnum, { description: 'How its records are built.' })
  readonly recordShape: ProbeReport['recordShape'];

  @Field(() => [String], { description: 'The names of the fields of a record that was seen, in order.' })
  readonly recordFields: readonly string[];

  @Field(() => Int, { nullable: true, description: 'Records of a page where none is asked for, as it says.' })
  readonly pageDefault: number | null;

  @Field(() => OutboundSignatureEnum, { description: 'How messages to it must be signed.' })
  readonly signature: SignatureProfile;

  @Field(() => DataSourcePathsNode, { description: 'Where it answers.' })
  readonly paths: DataSourcePathsNode;

  @Field(() => [DataSourceParameterNode], { description: 'Parameters that have to be set.' })
  readonly parameters: readonly DataSourceParameterNode[];

  @Field(() => Int, { description: 'How many requests were made.' })
  readonly requests: number;

  constructor(report: ProbeReport) {
    const { queryTypes } = report;
    this.baseUrl = report.baseUrl;
    this.profile = report.profile;
    this.reasons = report.reasons;
    this.warnings = report.warnings;
    this.tokenStyle = report.tokenStyle;
    this.queryTypes = [
      new ProbedQueryNode('idtype-value', queryTypes['idtype-value']),
      new ProbedQueryNode('predicate', queryTypes.predicate),
      new ProbedQueryNode('expression', queryTypes.expression),
    ];
    this.recordShape = report.recordShape;
    this.recordFields = report.recordFields;
    this.pageDefault = report.pageDefault;
    this.signature = report.signature;
    this.paths = new DataSourcePathsNode(report.paths);
    this.parameters = Object.entries(report.parameters).map(
      ([name, value]) => new DataSourceParameterNode(name, value),
    );
    this.requests = report.requests;
  }
}
