import { type Queryable, type Statement } from '../../database/pool.js';
import { type Row } from './write-row.js';
import { runForRows } from '../write-statement.js';

/** Columns of a table that records write, with their types. `created_at` and `row_version` are kept beside them. */
type Columns = Readonly<Record<string, string>>;

/** A table that rows of one kind are written to, any number of them in one statement. */
export class RecordTable<Values extends { registeredAt: string | null }> {
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #cells: (values: Values) => Readonly<Record<string, unknown>>;

  /** `cells` answers a value for each column. JSON carries them: arrays of arrays cannot be unnested. */
  constructor(table: string, columns: Columns, cells: (values: Values) => Readonly<Record<string, unknown>>) {
    const names = Object.keys(columns);
    const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    const given = `json_to_recordset($1::json) as n (id uuid, ${typed.join(', ')}, created_at timestamptz)`;
    this.#cells = cells;
    this.#insert = {
      name: `write-records-insert-${table}`,
      text: `
        insert into ${table} (id, ${names.join(', ')}, created_at)
        select n.id, ${names.map((name) => `n.${name}`).join(', ')}, coalesce(n.created_at, now())
        from ${given}`,
    };
    this.#update = {
      name: `write-records-update-${table}`,
      text: `
        update ${table} t
        set ${names.map((name) => `${name} = n.${name}`).join(', ')}, created_at = coalesce(n.created_at, t.created_at),
          row_version = t.row_version + 1, updated_at = now()
        from ${given}
        where t.id = n.id`,
    };
  }

  /** Inserts the rows that are new and updates those that differ from what is held. */
  async write(db: Queryable, rows: readonly Row<Values>[]): Promise<void> {
    const created = rows.filter((row) => row.isNew);
    const updated = rows.filter((row) => !row.isNew && row.changed.size > 0);
    await runForRows(db, this.#insert, created, [this.#json(created)]);
    await runForRows(db, this.#update, updated, [this.#json(updated)]);
  }

  #json(rows: readonly Row<Values>[]): string {
    return JSON.stringify(
      rows.map((row) => ({
        id: row.id,
        ...this.#cells(row.values),
        // What is held is finer than what JavaScript reads of it: it is written only where it was said.
        created_at: row.changed.has('registeredAt') ? row.values.registeredAt : null,
      })),
    );
  }
}
