// Photos of a draft, in IndexedDB: local storage is too small for them.
const NAME = "drafts";
const STORE = "photos";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run(mode, work) {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

/** Keep the files of one draft; without storage (private window) the page works on, only without memory. */
export const savePhotos = (key, files) => run("readwrite", (store) => store.put(files, key)).catch(() => undefined);

export const loadPhotos = (key) => run("readonly", (store) => store.get(key)).then((files) => files ?? [], () => []);

export const dropPhotos = (key) => run("readwrite", (store) => store.delete(key)).catch(() => undefined);
