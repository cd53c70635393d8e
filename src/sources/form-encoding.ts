/** A text as `application/x-www-form-urlencoded` writes a value. */
export function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
