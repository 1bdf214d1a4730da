/**
 * What turns text and code into vectors, whatever is behind it: the table that ships with Winnow, a file, an endpoint.
 *
 * Vectors of different encoders are never compared: `id` names the encoder with its weights, and what keeps vectors keeps it beside them.
 */

/** The texts of one document's fields; each may be empty. */
export interface DocumentText {
  /** As written, without its qualifier: `readPage`. */
  readonly name: string;
  readonly signature: string;
  /** What is said of it in prose: doc string or comment. */
  readonly doc: string;
  readonly body: string;
}

export interface Encoder {
  /** Kind and content hash of the weights, or model and host: equal ids give equal vectors. */
  readonly id: string;
  /** Numbers in a vector, 1 to 4,096. */
  readonly dimension: number;
  /** Documents that it is best given at once, where 256 would take long: what is not yet answered is lost when somebody stops it. */
  readonly documentsAtOnce?: number;
  /**
   * @returns `documents.length × dimension` numbers, row after row; each row has length 1, or is all zero where nothing of the
   * document is known to the encoder
   */
  encodeDocuments(documents: readonly DocumentText[], signal?: AbortSignal): Promise<Float32Array>;
  /** @returns a vector of length 1, or all zero where no word of the query is known */
  encodeQuery(text: string, signal?: AbortSignal): Promise<Float32Array>;
}

/** An encoder that is a sum over words: quick, in this process, and able to say how near single words are. */
export interface WordEncoder extends Encoder {
  encodeDocumentsNow(documents: readonly DocumentText[]): Float32Array;
  encodeQueryNow(text: string): Float32Array;
  /**
   * For each word of the query the nearest word of the document, summed by weight (MaxSim; ColBERT, Khattab and Zaharia 2020, section 3.3).
   *
   * @returns one number per document, -1 to 1; 0 where no word of the query or the document is known
   */
  nearestWords(query: string, documents: readonly DocumentText[]): Float32Array;
}
