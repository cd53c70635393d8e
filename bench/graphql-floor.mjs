// The floor of bench/graphql.mjs, a process of its own: the list page as one prepared statement whose text is the answer.
import { createServer } from 'node:http';
import { Client } from 'pg';
import { pino } from 'pino';
import { readConfig } from '../dist/config.js';
import { openDatabase } from '../dist/database/open-database.js';

const PAGE = {
  name: 'floor_page',
  text: `
    select coalesce(json_agg(page), '[]')::text as body from (
      select i.id, json_build_object('full', i.full_name) as name, i.sex, i.birth_date as "birthDate",
        (select coalesce(json_agg(json_build_object('type', h.type, 'value', h.value)), '[]')
          from identifiers h where h.individual_id = i.id) as identifiers,
        (select json_build_object('name', l.name, 'type', l.type)
          from locations l where l.id = i.birth_location_id) as "birthPlace",
        (select coalesce(json_agg(json_build_object('role', m.role,
            'group', json_build_object('id', g.id, 'name', g.name, 'kind', g.kind)) order by m.created_at, m.id), '[]')
          from memberships m join groups g on g.id = m.group_id
          where m.individual_id = i.id and m.ended_on is null) as memberships
      from individuals i
      where i.birth_date >= $1::date and i.birth_date < $2::date
      order by i.birth_date, i.id
      limit 50
    ) page`,
};

const database = await openDatabase(readConfig(process.env), pino({ level: 'warn' }, process.stderr));

// What autovacuum does some minutes after so many rows were written; here nobody waits for it.
const owner = new Client({ connectionString: database.ownerUrl });
await owner.connect();
await owner.query('vacuum analyze');
await owner.end();

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://floor');
  database.pool.query({ ...PAGE, values: [searchParams.get('from'), searchParams.get('until')] }).then(
    ({ rows }) => response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0].body),
    () => response.writeHead(500).end(),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => {
  server.close(() => void database.close().then(() => process.exit(0)));
  server.closeAllConnections();
});
