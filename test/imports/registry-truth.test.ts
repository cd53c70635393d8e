import { itStaysTrue } from './registry-truth.js';

test('whatever is imported, previewed, decided, merged, entered, erased and taken back: what is held stays true', async () => {
  await itStaysTrue(30, 110);
}, 120_000);
