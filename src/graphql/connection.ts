import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { type Access, FULL_ACCESS } from '../record/access.js';
import { Problem } from '../record/problem.js';
import { LimitProblem } from './limit-problem.js';
import type { ListPage } from '../registry/queries/keyset.js';

/** Rows of a page for which no size is named. */
export const DEFAULT_PAGE = 20;
/** Most rows of one page. */
export const LARGEST_PAGE = 100;

/** The arguments of every list. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    nullable: true,
    description: `How many from the beginning, or after the cursor \`after\`: 1 to ${String(LARGEST_PAGE)}. Default ${String(DEFAULT_PAGE)}.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor behind which the page begins.' })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `How many from the end, or before the cursor \`before\`: 1 to ${String(LARGEST_PAGE)}. Not together with \`first\`.`,
  })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor before which the page ends.' })
  before?: string | null;
}

/** A page as the registry room asks for it. */
export type Page =
  { readonly first: number; readonly after?: string } | { readonly last: number; readonly before?: string };

/**
 * Checks the paging arguments; throws `BAD_USER_INPUT` where they contradict each other or ask for more than anybody
 * gets, or than the caller does where its access is given: records of people are read so.
 */
export function readPage(
  { first, after, last, before }: PageArguments,
  { largestPage }: Pick<Access, 'largestPage'> = FULL_ACCESS,
): Page {
  const most = Math.min(LARGEST_PAGE, largestPage ?? LARGEST_PAGE);
  for (const [name, size] of Object.entries({ first, last })) {
    if (typeof size === 'number' && (size < 1 || size > most)) {
      const message = `${name} must be from 1 to ${String(most)}; page on with a cursor`;
      throw size < 1 || size > LARGEST_PAGE
        ? new Problem('BAD_USER_INPUT', message)
        : new LimitProblem('largest-page', 'BAD_USER_INPUT', message);
    }
  }
  if (typeof last === 'number' || typeof before === 'string') {
    if (typeof first === 'number' || typeof after === 'string') {
      throw new Problem('BAD_USER_INPUT', 'Page forwards (first, after) or backwards (last, before), not both at once');
    }
    return { last: last ?? Math.min(DEFAULT_PAGE, most), ...(typeof before === 'string' ? { before } : {}) };
  }
  return { first: first ?? Math.min(DEFAULT_PAGE, most), ...(typeof after === 'string' ? { after } : {}) };
}

@ObjectType('PageInfo', { description: 'Where a page lies in the whole list.', simpleResolvers: true })
class PageInfo {
  readonly #page: PageOf<unknown>;

  @Field(() => Boolean, { description: 'Whether more follow after `endCursor`.' })
  readonly hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether more come before `startCursor`.' })
  readonly hasPreviousPage: boolean;

  constructor(page: PageOf<unknown>) {
    this.#page = page;
    this.hasNextPage = page.hasNextPage;
    this.hasPreviousPage = page.hasPreviousPage;
  }

  @Field(() => String, { nullable: true, description: 'Cursor of the first of the page; null when it is empty.' })
  startCursor(): string | null {
    return this.#page.length === 0 ? null : this.#page.cursorAt(0);
  }

  @Field(() => String, { nullable: true, description: 'Cursor of the last of the page; null when it is empty.' })
  endCursor(): string | null {
    return this.#page.length === 0 ? null : this.#page.cursorAt(this.#page.length - 1);
  }
}

/** One page, as a resolver hands it to its connection type. */
export interface PageOf<Node> {
  readonly length: number;
  /** Made when they are first asked for: who counts a list is told of nobody on it. */
  nodes(): readonly Node[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Asked only when a cursor is selected. */
  cursorAt(index: number): string;
}

/**
 * A page of records as a page of nodes. A cursor holds what its record is sorted by, somebody's name perhaps: who gets
 * one is told of the record, though no node of it is selected. `cursorTells` is called when that is so.
 */
export function pageOf<Item, Node>(
  page: ListPage<Item>,
  toNode: (item: Item) => Node,
  cursorTells: () => void = () => undefined,
): PageOf<Node> {
  let nodes: readonly Node[] | undefined;
  return {
    length: page.items.length,
    nodes: () => (nodes ??= page.items.map(toNode)),
    hasNextPage: page.hasNextPage,
    hasPreviousPage: page.hasPreviousPage,
    cursorAt(index) {
      const item = page.items[index];
      if (nodes === undefined && item !== undefined) toNode(item);
      cursorTells();
      return page.cursorAt(index);
    },
  };
}

/** A Relay connection: `edges { node cursor }`, `nodes`, `pageInfo`. Edges and cursors are made only when selected. */
export function connectionType<Node extends object>(name: string, nodeType: () => ClassType<Node>) {
  return pageType(name, nodeType).Connection;
}

/** A connection that can also say how many the whole list has; that is counted only when selected. */
export function countedConnectionType<Node extends object>(name: string, nodeType: () => ClassType<Node>) {
  const { Connection } = pageType(name, nodeType);

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.`, simpleResolvers: true })
  class CountedConnection extends Connection {
    readonly #count: () => Promise<number>;

    constructor(page: PageOf<Node>, count: () => Promise<number>) {
      super(page);
      this.#count = count;
    }

    @Field(() => Int, { description: 'How many the whole list has. Counted only when selected.' })
    totalCount(): Promise<number> {
      return this.#count();
    }
  }
  return CountedConnection;
}

function pageType<Node extends object>(name: string, nodeType: () => ClassType<Node>) {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a list, with its cursor.`, simpleResolvers: true })
  class Edge {
    @Field(nodeType, { description: `The ${name} itself.` })
    readonly node: Node;

    @Field(() => String, { description: 'For `after` or `before`: the page from here on, or up to here.' })
    readonly cursor: string;

    constructor(node: Node, cursor: string) {
      this.node = node;
      this.cursor = cursor;
    }
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.`, simpleResolvers: true })
  class Connection {
    readonly #page: PageOf<Node>;

    constructor(page: PageOf<Node>) {
      this.#page = page;
    }

    @Field(() => [nodeType()], { description: 'The page without cursors.' })
    nodes(): readonly Node[] {
      return this.#page.nodes();
    }

    @Field(() => [Edge], { description: 'The page with a cursor for each.' })
    edges(): Edge[] {
      return this.#page.nodes().map((node, index) => new Edge(node, this.#page.cursorAt(index)));
    }

    @Field(() => PageInfo, { description: 'Whether there is more, and the cursors to go on from.' })
    pageInfo(): PageInfo {
      return new PageInfo(this.#page);
    }
  }

  return { Connection };
}
