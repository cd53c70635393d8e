import { hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DocumentNode, parse, print, separateOperations, stripIgnoredCharacters } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { Problem } from '../record/problem.js';

/** Texts remembered with whether they are trusted: stripping one of its blanks costs more than a digest. */
const HELD_TEXTS = 2000;
const DIGEST = /^(?:sha256:)?(?<digest>[0-9a-f]{64})$/u;

/**
 * What a JSON file may hold: digests with their texts, as codegen writes persisted documents; a list of digests alone;
 * or the manifest of Apollo.
 */
const MANIFEST = z.union([
  z.object({ operations: z.array(z.object({ id: z.string(), body: z.string() })) }),
  z.array(z.string().regex(DIGEST, 'must be SHA-256 digests in hexadecimal')),
  z.record(z.string().regex(DIGEST, 'must be a SHA-256 digest in hexadecimal'), z.string()),
]);

/** The operations that an organisation lets its dashboards run. */
export class TrustedDocuments {
  /** SHA-256 of a text as it was registered. */
  readonly #digests = new Set<string>();
  /** SHA-256 of a text without blanks and comments. */
  readonly #essences = new Set<string>();
  readonly #texts = new Map<string, string>();
  readonly #known = new LRUCache<string, boolean>({ max: HELD_TEXTS });

  add(text: string, id = digestOf(text)): void {
    this.addDigest(id);
    this.#digests.add(digestOf(text));
    this.#essences.add(digestOf(stripIgnoredCharacters(text)));
    this.#texts.set(id, text);
  }

  addDigest(digest: string): void {
    this.#digests.add(digest);
  }

  /** The text registered under an id: its SHA-256, with or without `sha256:` before it, or what a manifest calls it. */
  textOf(id: string): string | undefined {
    return this.#texts.get(DIGEST.exec(id)?.groups?.['digest'] ?? id);
  }

  /** Whether a text is one of them, but for blanks, commas and comments. `digest`: its SHA-256. */
  has(text: string, digest: string): boolean {
    if (this.#digests.has(digest)) return true;
    const known = this.#known.get(digest) ?? this.#hasEssence(text);
    this.#known.set(digest, known);
    return known;
  }

  get size(): number {
    return this.#texts.size + this.#digests.size;
  }

  #hasEssence(text: string): boolean {
    try {
      return this.#essences.has(digestOf(stripIgnoredCharacters(text)));
    } catch {
      // It cannot be read as GraphQL at all.
      return false;
    }
  }
}

/**
 * Reads a folder of `.graphql` files, each operation of which is registered by itself with the fragments that it uses,
 * or a JSON file. Throws a `Problem` `TRUSTED_DOCUMENTS_INVALID` that says what is wrong with which file.
 */
export async function readTrustedDocuments(path: string): Promise<TrustedDocuments> {
  const trusted = new TrustedDocuments();
  try {
    if ((await stat(path)).isDirectory()) {
      const files = (await readdir(path)).filter((file) => /\.(?:graphql|gql)$/u.test(file)).sort();
      for (const file of files) addFile(trusted, await readFile(join(path, file), 'utf8'), file);
    } else {
      addManifest(trusted, await readFile(path, 'utf8'));
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof Error ? error.message : 'it cannot be read';
    throw invalid(`${path}: ${why}`, error);
  }
  if (trusted.size === 0) throw invalid(`${path} holds no operation`);
  return trusted;
}

function addFile(trusted: TrustedDocuments, text: string, file: string): void {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    throw invalid(`${file}: ${error instanceof Error ? error.message : 'not GraphQL'}`, error);
  }
  trusted.add(text);
  for (const operation of Object.values(separateOperations(document))) trusted.add(print(operation));
}

function addManifest(trusted: TrustedDocuments, text: string): void {
  const manifest = MANIFEST.parse(JSON.parse(text));
  if (Array.isArray(manifest)) {
    for (const digest of manifest) trusted.addDigest(digest.replace('sha256:', ''));
  } else if ('operations' in manifest && Array.isArray(manifest.operations)) {
    for (const { id, body } of manifest.operations) trusted.add(body, id.replace('sha256:', ''));
  } else {
    for (const [digest, body] of Object.entries(manifest)) {
      if (typeof body === 'string') trusted.add(body, digest.replace('sha256:', ''));
    }
  }
}

function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}

function invalid(what: string, cause?: unknown): Problem {
  return new Problem('TRUSTED_DOCUMENTS_INVALID', `TRUSTED_DOCUMENTS cannot be used: ${what}`, { cause });
}
