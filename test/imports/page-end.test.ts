import { judgePage, MAX_PAGES, type PageRead, type Progress } from '../../src/imports/page-end.js';

const digest = (text: string): Buffer => Buffer.from(text);
const page = (read: Partial<PageRead>): PageRead => ({
  number: 2,
  size: 100,
  count: 100,
  total: null,
  digest: digest('b'),
  ...read,
});
const after = (progress: Partial<Progress>): Progress => ({
  recordsDone: 100,
  recordsReported: null,
  lastPageDigest: digest('a'),
  ...progress,
});

describe('the end of the pages', () => {
  test('is an empty page', () => {
    expect(judgePage(after({}), page({ count: 0 }))).toMatchObject({ take: false, more: false, warning: null });
  });

  test('is a short page that reaches the total', () => {
    expect(judgePage(after({}), page({ count: 41, total: 141 }))).toMatchObject({ take: true, more: false });
  });

  test('is not a full page, whatever the total says: the total may be wrong', () => {
    expect(judgePage(after({}), page({ total: 200 })).more).toBe(true);
    expect(judgePage(after({}), page({ total: 5 })).more).toBe(true);
  });

  test('is not a short page of a source that has its own limit or says no total', () => {
    expect(judgePage(after({ recordsDone: 20 }), page({ count: 20, total: 500 })).more).toBe(true);
    expect(judgePage(after({ recordsDone: 20 }), page({ count: 20 })).more).toBe(true);
  });

  test('remembers the total when a later page leaves it out', () => {
    expect(judgePage(after({ recordsReported: 141 }), page({ count: 41 })).more).toBe(false);
  });

  test('before the total is said to the operator', () => {
    expect(judgePage(after({ recordsReported: 500 }), page({ count: 0 })).warning).toMatch(/500 records and gave 100/u);
    const nothing = judgePage(after({ recordsDone: 0, lastPageDigest: null }), page({ number: 1, count: 0 }));
    expect(nothing.warning).toMatch(/no record/u);
  });

  test('is a page that repeats the one before, which is taken once', () => {
    const verdict = judgePage(after({}), page({ digest: digest('a') }));
    expect(verdict).toMatchObject({ take: false, more: false, failure: null });
    expect(verdict.warning).toMatch(/same page/u);
  });

  test('is the first of a source that is asked for no page, however it orders what it gives', () => {
    const first = after({ recordsDone: 0, lastPageDigest: null });
    const whole = page({ number: 1, count: 390, whole: true });
    expect(judgePage(first, whole)).toMatchObject({ take: true, more: false, warning: null, failure: null });
    expect(judgePage(first, { ...whole, total: 400 }).warning).toMatch(/400 records and gave 390/u);
  });

  test('a repeated page before the total fails the run', () => {
    expect(judgePage(after({}), page({ digest: digest('a'), total: 900 })).failure?.code).toBe('SOURCE_REPEATS_PAGE');
  });

  test('comes even for a source that never ends', () => {
    expect(judgePage(after({}), page({ number: MAX_PAGES })).failure?.code).toBe('SOURCE_ENDLESS');
  });
});
