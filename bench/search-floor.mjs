// The floor of bench/search.mjs, a process of its own: each search as one prepared statement behind a bare node:http
// server, its text the answer. It says of a person what the gateway's answer says: identifiers, places, parents.
import { createServer } from 'node:http';
import { pino } from 'pino';
import { readConfig } from '../dist/config.js';
import { openDatabase } from '../dist/database/open-database.js';

const identifiersOf = (person) => `
  (select coalesce(json_agg(json_build_object('identifier_type', h.type, 'identifier_value', h.value)), '[]')
    from identifiers h where h.individual_id = ${person}.id)`;

const placeOf = (id) => `
  (select json_build_object('name', l.name, 'contained_in', (
      select json_agg(above.name order by a.depth) from location_ancestors a
      join locations above on above.id = a.ancestor_id where a.location_id = l.id and a.depth > 0))
    from locations l where l.id = ${id})`;

const PERSON = `
  i.id, i.given_name, i.middle_name, i.family_name, i.sex, i.birth_date, i.death_date, i.created_at, i.updated_at,
  ${identifiersOf('i')} as identifier, ${placeOf('i.birth_location_id')} as birth_place,
  ${placeOf('i.home_location_id')} as home, (
    select json_agg(json_build_object('type', r.type, 'name', p.full_name, 'identifier', ${identifiersOf('p')}))
    from relationships r join individuals p on p.id = r.source_id where r.target_id = i.id) as parents`;

const STATEMENTS = {
  identifier: {
    name: 'floor_identifier',
    text: `
      select json_build_object('total', count(*), 'records', coalesce(json_agg(page), '[]'))::text as body
      from (select ${PERSON} from identifiers found join individuals i on i.id = found.individual_id
        where found.type = 'UIN' and found.value_key = $1) page`,
  },
  birthDate: {
    name: 'floor_birth_date',
    text: `
      select json_build_object(
        'total', (select count(*) from (select from individuals i
          where i.birth_date >= $1::date and i.birth_date < $2::date limit 10001) counted),
        'records', coalesce(json_agg(page), '[]'))::text as body
      from (select ${PERSON} from individuals i
        where i.birth_date >= $1::date and i.birth_date < $2::date
        order by i.birth_date, i.id limit 20) page`,
  },
};

// Prepared in earnest: left to itself PostgreSQL plans the range anew at every call, a third of that statement's cost.
process.env.PGOPTIONS = '-c plan_cache_mode=force_generic_plan';
const database = await openDatabase(readConfig(process.env), pino({ level: 'warn' }, process.stderr));
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://floor');
  database.pool.query({ ...STATEMENTS[pathname.slice(1)], values: searchParams.getAll('value') }).then(
    ({ rows }) => response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0].body),
    () => response.writeHead(500).end(),
  );
});
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => {
  server.close(() => void database.close().then(() => process.exit(0)));
  server.closeAllConnections();
});
