import { createLogger } from '../../src/logging.js';

/** What is written of one line, without its time and level. */
function written(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger('debug', { write: (line: string) => lines.push(line) }));
  const line = JSON.parse(lines.join('')) as Record<string, unknown>;
  delete line['time'];
  delete line['level'];
  return line;
}

describe('the log', () => {
  test('holds the fields of its list, and counts the others', () => {
    const fields = { status: 200, client: 'Ministry', again: true, body: { name: 'Ana' }, name: 'Ana', ms: undefined };
    expect(written((log) => log.info(fields, 'asked'))).toEqual({
      status: 200,
      client: 'Ministry',
      again: true,
      dropped: 2,
      msg: 'asked',
    });
  });

  test('holds no field that has another shape than the list says', () => {
    const fields = {
      status: 'Ana',
      correlationId: 'Ana',
      code: 'two words',
      endpoint: '/ana',
      url: 'https://host/path?name=Ana',
      scopes: ['registry.search', 'with blank'],
      items: NaN,
    };
    expect(written((log) => log.info(fields, 'asked'))).toEqual({ dropped: 7, msg: 'asked' });
  });

  test('holds nothing of an inherited name', () => {
    expect(written((log) => log.info({ constructor: 'x', toString: 'y' }, 'asked'))).toEqual({
      dropped: 2,
      msg: 'asked',
    });
  });

  test('has no children, whose fields would pass the list by', () => {
    expect(() => written((log) => log.child({ person: 'Ana' }).info('asked'))).toThrow(/no children/u);
  });

  test.each([
    ['invalid input syntax for type date: "1990-13-41"', 'invalid input syntax for type date: "…"'],
    ['Unexpected token \'A\', "Ana Perez" is not valid JSON', 'Unexpected token "…", "…" is not valid JSON'],
    ['Key (value)=(4711) already exists', 'Key (…) already exists'],
    ["Cannot read properties of undefined (reading 'x')", 'Cannot read properties of undefined (reading "…")'],
    ['connect ECONNREFUSED 10.1.2.3:5432', 'connect ECONNREFUSED …'],
    ['no row for ana@mail.example', 'no row for …'],
    ['an unended "quote of Ana', 'an unended "…"'],
    ['`Ana` and “Ana”', '"…" and "…"'],
    ["the client's name isn't there", "the client's name isn't there"],
  ])('tells of an error that says %s without its values', (message, told) => {
    const line = written((log) => log.error({ err: new TypeError(message) }, 'failed'));
    expect(line).toMatchObject({ err: { name: 'TypeError', message: told }, msg: 'failed' });
    expect(JSON.stringify(line)).not.toMatch(/Ana|4711|1990|10\.1/u);
  });

  test('tells of an error of the database its code and place, not its detail', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (name)=(Ana)',
      where: 'Ana',
    });
    const line = written((log) => log.error({ err: error }, 'failed'));
    expect(line).toMatchObject({ err: { code: '23505', message: 'duplicate key' } });
    expect(JSON.stringify(line)).not.toContain('Ana');
    expect(JSON.stringify(line)).toContain('logging.test');
  });

  test('makes no message of an error that is logged alone', () => {
    expect(written((log) => log.error(new Error('of "Ana"')))).toMatchObject({ msg: 'something failed' });
  });

  test('covers secrets and tokens wherever they are written', () => {
    const secret = `dci_${'a'.repeat(49)}`;
    const token = `eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.${'b'.repeat(20)}`;
    const line = JSON.stringify(
      written((log) => log.warn(`${secret} ${token} Bearer abcdefgh1234 postgresql://user:pass-word@host/db`)),
    );
    expect(line).not.toMatch(/dci_a|eyJ|abcdefgh|pass-word/u);
    expect(line).toContain('postgresql://user:[secret]@host/db');
  });
});
