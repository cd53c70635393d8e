import { createHash } from 'node:crypto';

/**
 * A named statement is parsed once a connection and kept there until the connection ends. Callers compose filters
 * freely, so the number of texts has no bound, but a dashboard sends the same few all day: a text is named when it
 * comes for the second time, as long as there is room.
 */
export class StatementNames {
  private readonly seen = new Set<string>();
  private readonly names = new Map<string, string>();

  constructor(private readonly most = 200) {}

  /** `{ name }` for a text worth keeping prepared, else nothing. One text always has the same name. */
  of(text: string): { readonly name?: string } {
    const known = this.names.get(text);
    if (known !== undefined) return { name: known };
    if (this.names.size >= this.most) return {};
    if (!this.seen.delete(text)) {
      // Texts that came only once make room for others before they could fill the memory.
      if (this.seen.size >= this.most) this.seen.clear();
      this.seen.add(text);
      return {};
    }
    const name = `registry-select-${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
    this.names.set(text, name);
    return { name };
  }
}
