// What the phone keeps, in IndexedDB: a shelf for each kind of thing, each thing under one name.

/** The shelves: identities by thumbprint; enrolments under way by code; own ballots, on their way or recorded, by poll,
 * member and number; what was pinned, by what it is of; ballots that a signing service is to sign, by poll and member. */
export type Shelf = "identities" | "enrolling" | "votes" | "pins" | "outside";

const SHELVES: readonly Shelf[] = ["identities", "enrolling", "votes", "pins", "outside"];
let opened: Promise<IDBDatabase> | undefined;

/** This browser keeps nothing for us (private window, storage full or forbidden). */
export class NothingKept extends Error {}

/** The thing of this name, if there is one. Throws NothingKept. */
export function take<T>(shelf: Shelf, name: string): Promise<T | undefined> {
  return inTransaction<T | undefined>(shelf, "readonly", (store) => store.get(name));
}

/** All things of a shelf. Throws NothingKept. */
export function takeAll<T>(shelf: Shelf): Promise<T[]> {
  return inTransaction<T[]>(shelf, "readonly", (store) => store.getAll());
}

/** Keep a thing under this name, in place of the one before; on disk when this is done. Throws NothingKept. */
export async function put(shelf: Shelf, name: string, thing: unknown): Promise<void> {
  await inTransaction(shelf, "readwrite", (store) => store.put(thing, name));
}

/** Forget the thing of this name. Throws NothingKept. */
export async function drop(shelf: Shelf, name: string): Promise<void> {
  await inTransaction(shelf, "readwrite", (store) => store.delete(name));
}

async function inTransaction<T>(shelf: Shelf, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const begin = async () => {
    const database = await (opened ??= open());
    // What is kept must survive the phone's sudden death: "strict" waits for the disk.
    const transaction = database.transaction(shelf, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    return done(transaction, act(transaction.objectStore(shelf)));
  };
  try {
    return await begin().catch((error: unknown) => {
      if (error instanceof NothingKept) throw error;
      // The browser closed it behind our back (a phone that slept, data cleared): opened anew, once.
      opened = undefined;
      return begin();
    });
  } catch (error) {
    throw error instanceof NothingKept ? error : new NothingKept(String(error));
  }
}

function done<T>(transaction: IDBTransaction, request: IDBRequest<T>): Promise<T> {
  return new Promise((kept, failed) => {
    transaction.oncomplete = () => kept(request.result);
    transaction.onabort = transaction.onerror = () => failed(new NothingKept(transaction.error?.message));
  });
}

function open(): Promise<IDBDatabase> {
  const opening = new Promise<IDBDatabase>((done, failed) => {
    const request = asked(failed);
    if (!request) return;
    const made = () => request.result.objectStoreNames;
    request.onupgradeneeded = () => SHELVES.forEach((shelf) => made().contains(shelf) || request.result.createObjectStore(shelf));
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = () => failed(new NothingKept(request.error?.message));
  });
  opening.catch(() => { opened = undefined; });
  return opening.then((database) => {
    // Another tab has a newer page, or the data is being cleared, or the browser lost the file: the next act opens anew.
    database.onversionchange = () => { database.close(); opened = undefined; };
    database.onclose = () => { opened = undefined; };
    return database;
  });
}

/** Where cookies are forbidden, to ask at all is refused at once. */
function asked(failed: (why: NothingKept) => void): IDBOpenDBRequest | undefined {
  try {
    return indexedDB.open("plenary", 2);
  } catch (error) {
    failed(new NothingKept(String(error)));
    return undefined;
  }
}
