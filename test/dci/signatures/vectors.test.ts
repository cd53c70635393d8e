import { createHash, createPublicKey, verify } from 'node:crypto';
import { createLocalJWKSet, importJWK, type JWK } from 'jose';
import { asciiCanonicalJson, canonicalJson } from '../../../src/dci/signatures/canonical-json.js';
import { signCavage, verifyCavage } from '../../../src/dci/signatures/cavage.js';
import { signJws, verifyCompactJws, verifyDetachedJws } from '../../../src/dci/signatures/jws.js';
import type { VerificationKeys } from '../../../src/dci/signatures/signing-keys.js';

const keysOf =
  (...keys: JWK[]): VerificationKeys =>
  async ({ algorithm, kid }) =>
    await createLocalJWKSet({ keys })({ alg: algorithm, ...(kid === null ? {} : { kid }) }).catch(() => null);

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const CLAIMS = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';

/** RFC 7515, A.2. */
const A2_KEY: JWK = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
};
const A2_SIGNATURE =
  'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw';
/** RFC 7515, A.3. */
const A3_KEY: JWK = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const A3_SIGNATURE = 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
/** RFC 7515, A.4. */
const A4_KEY: JWK = {
  kty: 'EC',
  crv: 'P-521',
  x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
  y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
};
const A4 =
  'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn';
/** RFC 8037, A.4. */
const ED25519_KEY: JWK = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const ED25519 =
  'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';

describe('compact JWS', () => {
  test.each([
    ['RFC 7515 A.2, RS256', `eyJhbGciOiJSUzI1NiJ9.${CLAIMS}.${A2_SIGNATURE}`, A2_KEY, '"http://example.com/is_root"'],
    ['RFC 7515 A.3, ES256', `eyJhbGciOiJFUzI1NiJ9.${CLAIMS}.${A3_SIGNATURE}`, A3_KEY, '"joe"'],
    ['RFC 8037 A.4, EdDSA', ED25519, ED25519_KEY, 'Example of Ed25519 signing'],
  ])('of %s verifies', async (_name, jws, key, part) => {
    const verified = await verifyCompactJws(jws, keysOf(key));
    expect(text(verified?.payload)).toContain(part);
    expect(await verifyCompactJws(jws, keysOf(ED25519_KEY, A2_KEY, A3_KEY))).toEqual(verified);
  });

  test('of RFC 7515 A.4 is refused: ES512 is none of the algorithms', async () => {
    expect(await verifyCompactJws(A4, keysOf(A4_KEY))).toBeNull();
  });
});

test('detached JWS of RFC 7515 A.2, as appendix F writes it, verifies over its payload and over no other', async () => {
  const payload = Buffer.from(CLAIMS, 'base64url');
  const detached = `eyJhbGciOiJSUzI1NiJ9..${A2_SIGNATURE}`;
  expect(await verifyDetachedJws(detached, [Buffer.from('{}'), payload], keysOf(A2_KEY))).toMatchObject({ payload });
  expect(await verifyDetachedJws(detached, [Buffer.from('{}')], keysOf(A2_KEY))).toBeNull();
});

test('what is signed says when, and under which key', async () => {
  const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
  const key = await importJWK({ ...ED25519_KEY, d }, 'EdDSA');
  if (key instanceof Uint8Array) throw new Error('no key');
  const now = new Date('2026-01-15T12:00:00Z');
  const jws = await signJws(Buffer.from('text'), { key, alg: 'EdDSA', kid: 'a' }, now);
  const found = await verifyCompactJws(
    `${jws.protected}.${jws.payload}.${jws.signature}`,
    keysOf({ ...ED25519_KEY, kid: 'a' }),
  );
  expect(found).toMatchObject({ kid: 'a', signedAt: now });
});

describe('canonical JSON', () => {
  // RFC 8785: the example of 3.2.2, sorting of 3.2.3, and numbers out of appendix B.
  test.each([
    [
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ],
    [
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    ],
    [
      '[-0,5e-324,1.7976931348623157e308,9007199254740992,295147905179352825856]',
      '[0,5e-324,1.7976931348623157e+308,9007199254740992,295147905179352830000]',
    ],
  ])('is what RFC 8785 says of %s', (input, expected) => {
    expect(canonicalJson(JSON.parse(input))).toBe(expected);
  });

  test.each([NaN, Infinity, 'half \ud83d of a pair', { ['\udc00']: 1 }])('has no form of %p', (value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});

/**
 * Made with Python: `json.dumps({header, message}, sort_keys=True, separators=(',', ':'))`, once with and once without
 * `ensure_ascii`, and the package `cryptography`. The examples of draft-cavage itself (appendix C) are of requests of
 * HTTP, and of a key of 1024 bits.
 */
const PYTHON = {
  signed: {
    header: {
      version: '1.0.0',
      message_id: 'm-1',
      message_ts: '2026-01-15T10:30:00Z',
      action: 'search',
      sender_id: 'ministry.example',
      sender_uri: null,
      receiver_id: 'crvs',
      total_count: 1,
      is_msg_encrypted: false,
      meta: null,
    },
    message: {
      transaction_id: 't-1',
      search_request: [
        { reference_id: 'r-1', name: 'Renée \u2028 \ud83c\udf3e \u007f "x" \\ / \t', size: 0.5, none: [], also: {} },
      ],
    },
  },
  ed25519:
    'namespace="dci", kidId="ministry.example|key1|ed25519", algorithm="ed25519", created="1768473000", expires="1768473300", headers="(created) (expires) digest", signature="IWK0fO5u8aT4e0KvlclvY4cDC7P8X4fTviAzcik6ol6QxGmwq+lBpfecaFFVI1zRjZz09Lnkp/oYZCoRE+8uBQ=="',
  rs256:
    'namespace="dci", kidId="ministry.example|key1|rs256", algorithm="rs256", created="1768473000", expires="1768473300", headers="(created) (expires) digest", signature="gTwpfVq1CmIbAH9/Mh4XHoinyNIkxsL+YWyjnbiBWQ2Q1R1NbEHmmzfy+NCcRnAeC7DOlVR778ijIaqLPq59iruH0CU1IOjZB9C6OsmyhjCvJofE/oALlPoBdgbVA/Ko/y43gEGsBwYO5wXyjSTOhI5fy/6kmR4l28WXctH40IqRlkg+nDQOgdPSNWcWvQerrpTN/NF66TsJaFTyKx/skGCEZlH1fVWHwErgd34kNnu8YCfICtdFyyNL9Rn2APNGxtEIm6RWBtR0d/cKQS4VPioE+/Qo6u1t8p139R0ij/yhH98CdIA4O7vbPiWbSs4J73C7gcbgW7yaqmHgGYPOdw=="',
  rsaKey: {
    kty: 'RSA',
    n: '1gFdQBg1df1WXgcQkZSYtVRoiJHPwjrRr9U2WBKBTlAacLhvEd1BjhvPZwbrQ3C4KOxiDwn1lboabGaE7UCBrh-UjrqxNwkh8T0tnnSKI9caDfa1NNQqD9Vnc58Mg-pxDYcAycfoCEegR8kdFFfOZDLqZcqGwP5XbCfwvM8CIYKoEHe44XVUyFth9tbgjI_9HWGnKyFtbLZgdEjrpU25wN8-c64Na1sZWJ4lYg-JAvfn4vdxZLthVPPSo-8eM3G_qefO8j4W8JzSC956yt_eCZEl-GhKiem4X3fhv-B-ABiDhn5qSJEJ9IWvd2ZKw3rPzk6T1hK2FgLbfUatSpM-7Q',
    e: 'AQAB',
  },
};

describe('the form of the standard, after draft-cavage', () => {
  const texts = [asciiCanonicalJson(PYTHON.signed), canonicalJson(PYTHON.signed)];
  const ed = keysOf({ ...ED25519_KEY, kid: 'ministry.example|key1|ed25519' });
  const rsa = keysOf({ ...PYTHON.rsaKey, kid: 'ministry.example|key1|rs256' });

  test('verifies what Python signed, with characters escaped and as they are', async () => {
    expect(await verifyCavage(PYTHON.ed25519, texts, ed)).toMatchObject({
      kid: 'ministry.example|key1|ed25519',
      signedAt: new Date(1768473000_000),
      expiresAt: new Date(1768473300_000),
      text: texts[0],
    });
    expect((await verifyCavage(PYTHON.rs256, texts, rsa))?.text).toBe(texts[1]);
  });

  test.each([
    ['the word Signature in front', (written: string) => `Signature:  ${written}`],
    ['no last quote', (written: string) => written.slice(0, -1)],
    ['the name of the draft for the key id', (written: string) => written.replace('kidId', 'keyId')],
    ['the namespace of the standard', (written: string) => written.replace('"dci"', '"spdci"')],
    ['no namespace', (written: string) => written.replace('namespace="dci", ', '')],
  ])('is read with %s', async (_name, change) => {
    expect(await verifyCavage(change(PYTHON.ed25519), texts, ed)).not.toBeNull();
  });

  test.each([
    ['a parameter twice', (written: string) => `${written}, created="1768473000"`],
    ['another parameter', (written: string) => `${written}, nonce="1"`],
    ['another algorithm', (written: string) => written.replace('algorithm="ed25519"', 'algorithm="rs256"')],
    ['another algorithm in the key id', (written: string) => written.replace('|ed25519"', '|rs256"')],
    ['a word for the algorithm that nobody uses', (written: string) => written.replace('|ed25519"', '|dd25519"')],
    ['hmac', (written: string) => written.replace('algorithm="ed25519"', 'algorithm="hmac-sha256"')],
    ['fewer signed headers', (written: string) => written.replace('(created) (expires) digest', 'digest')],
    ['another time', (written: string) => written.replace('created="1768473000"', 'created="1768473001"')],
    ['a later end', (written: string) => written.replace('1768473300', '1768479300')],
    ['no time', (written: string) => written.replace('created="1768473000", ', '')],
    ['another last character that stands for the same bytes', (written: string) => written.replace('BQ==', 'BR==')],
  ])('is refused with %s', async (_name, change) => {
    const changed = change(PYTHON.ed25519);
    expect(changed).not.toBe(PYTHON.ed25519);
    expect(await verifyCavage(changed, texts, ed)).toBeNull();
  });

  test('of ours verifies by hand, as a peer does it', async () => {
    const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
    const key = await importJWK({ ...ED25519_KEY, d }, 'EdDSA');
    if (key instanceof Uint8Array) throw new Error('no key');
    const now = new Date(1768473000_500);
    const written = signCavage(
      texts[0] ?? '',
      { key, alg: 'EdDSA', kid: 'key1' },
      'ministry.example|key1|ed25519',
      now,
    );
    // Ed25519 leaves nothing to chance: the same text comes out as Python's.
    expect(written).toBe(PYTHON.ed25519);
    const parameters = new Map(Array.from(written.matchAll(/(\w+)="([^"]*)"/gu), ([, name, value]) => [name, value]));
    const digest = createHash('sha256')
      .update(texts[0] ?? '')
      .digest('base64');
    const signingString = `(created): ${parameters.get('created')}\n(expires): ${parameters.get('expires')}\ndigest: ${digest}`;
    const publicKey = createPublicKey({ key: ED25519_KEY, format: 'jwk' });
    const signature = Buffer.from(parameters.get('signature') ?? '', 'base64');
    expect(verify(null, Buffer.from(signingString), publicKey, signature)).toBe(true);
  });
});
