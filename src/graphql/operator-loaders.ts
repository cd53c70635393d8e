import DataLoader from 'dataloader';
import type { Queryable } from '../database/pool.js';
import { findImportRunsByIds, type ImportRun } from '../imports/import-run.js';
import { findDifferences } from '../imports/preview/preview-items.js';
import {
  findImportSchedules,
  type ImportSchedule,
  readScheduleHistories,
  type ScheduleHistory,
} from '../imports/schedules/import-schedule.js';
import { findSearchCriteriaByIds, type SearchCriteria } from '../imports/search-criteria.js';
import { type DataSource, listDataSources, unknownSource } from '../sources/data-sources.js';
import { findExchangeTexts, findRequestExchanges, type KeptExchange } from '../sources/exchanges/kept-exchanges.js';
import { findRequestsByIds, type LaterRequest } from '../sources/source-requests.js';

/** Look-ups of what operators set up, for the length of one request; one statement each, however many rows ask. */
export interface OperatorLoaders {
  readonly dataSourceById: DataLoader<string, DataSource>;
  /** Rejects with `DATA_SOURCE_UNKNOWN` for a code that no source has. */
  readonly dataSourceByCode: DataLoader<string, DataSource>;
  readonly searchCriteriaById: DataLoader<string, SearchCriteria>;
  readonly importRunById: DataLoader<string, ImportRun>;
  /** `null`: the criteria has none. */
  readonly scheduleByCriteria: DataLoader<string, ImportSchedule | null>;
  readonly scheduleHistoryByCriteria: DataLoader<string, ScheduleHistory>;
  readonly sourceRequestById: DataLoader<string, LaterRequest>;
  /** By which the request was handed over; `null`: it is not kept. */
  readonly exchangeByRequest: DataLoader<string, KeptExchange | null>;
  /** Sealed; `null`: it is not kept any more. */
  readonly exchangeTextById: DataLoader<string, Buffer | null>;
  /** What the record of an item would change, sealed; `null`: nothing. */
  readonly differencesByItem: DataLoader<string, Buffer | null>;
}

/** The look-ups of one request. */
export function createOperatorLoaders(db: Queryable): OperatorLoaders {
  return {
    // There are a handful of them: reading all is one statement whatever is asked for.
    dataSourceById: new DataLoader(async (ids) => inOrder(ids, await listDataSources(db))),
    dataSourceByCode: new DataLoader<string, DataSource>(async (codes) => {
      const found = new Map((await listDataSources(db)).map((source) => [source.code, source]));
      return codes.map((code) => found.get(code) ?? unknownSource());
    }),
    searchCriteriaById: new DataLoader(async (ids) => inOrder(ids, await findSearchCriteriaByIds(db, ids))),
    importRunById: new DataLoader(async (ids) => inOrder(ids, await findImportRunsByIds(db, ids))),
    scheduleByCriteria: new DataLoader(async (ids) => {
      const found = new Map((await findImportSchedules(db, ids)).map((one) => [one.searchCriteriaId, one]));
      return ids.map((id) => found.get(id) ?? null);
    }),
    scheduleHistoryByCriteria: new DataLoader((ids) => readScheduleHistories(db, ids)),
    sourceRequestById: new DataLoader(async (ids) => inOrder(ids, await findRequestsByIds(db, ids))),
    exchangeByRequest: new DataLoader(async (ids) => orNull(ids, await findRequestExchanges(db, ids))),
    exchangeTextById: new DataLoader(async (ids) => orNull(ids, await findExchangeTexts(db, ids))),
    differencesByItem: new DataLoader(async (ids) => orNull(ids, await findDifferences(db, ids))),
  };
}

function inOrder<Row extends { readonly id: string }>(ids: readonly string[], rows: readonly Row[]): (Row | Error)[] {
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? new Error('A row that another refers to is missing'));
}

function orNull<Row>(ids: readonly string[], found: ReadonlyMap<string, Row>): (Row | null)[] {
  return ids.map((id) => found.get(id) ?? null);
}
