import { itStaysTrue } from '../imports/registry-truth.js';

test('what is held stays true over 500 histories of a registry', async () => {
  await itStaysTrue(500, 3_000);
});
