// The picture that is asked about: dropped, pasted, chosen, taken by the camera, or an example.

const $ = id => document.getElementById(id);

/** Calls `changed` with the picture as a data URL and its file name, or with null. */
export class PictureInput {
  #changed;
  #camera = null;
  current = null;

  constructor(changed) {
    this.#changed = changed;
    this.#listen();
  }

  async useFile(file) {
    if (!file) {
      return;
    }
    if (!/^image\/(png|jpeg|webp|gif|bmp|x-ms-bmp)$/.test(file.type)) {
      return this.#refuse(`“${file.name}” is not a picture that models here can read. Choose a PNG, JPEG, WebP, GIF or BMP file.`);
    }
    const url = await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(file);
    });
    const ratio = await shape(url);
    if (!ratio) {
      return this.#refuse(`“${file.name}” is damaged: this browser cannot show it. Choose another file.`);
    }
    $('frame').style.setProperty('--ratio', ratio);
    this.#show({ url, name: file.name || 'picture.png' });
  }

  async useAddress(address) {
    const blob = await (await fetch(address)).blob();
    await this.useFile(new File([blob], address.split('/').pop(), { type: blob.type }));
  }

  clear() {
    this.#show(null);
  }

  #listen() {
    const stage = $('stage');
    $('file').addEventListener('change', event => {
      this.useFile(event.target.files[0]);
      event.target.value = '';
    });
    $('remove').addEventListener('click', () => {
      this.clear();
      $('camera').focus();
    });
    document.addEventListener('paste', event => {
      const file = [...event.clipboardData.files].find(one => one.type.startsWith('image/'));
      if (file) {
        event.preventDefault();
        this.useFile(file);
      }
    });
    for (const type of ['dragenter', 'dragover']) {
      document.addEventListener(type, event => {
        if (event.dataTransfer.types.includes('Files')) {
          event.preventDefault();
          stage.classList.add('over');
        }
      });
    }
    document.addEventListener('dragleave', event => {
      if (!event.relatedTarget) {
        stage.classList.remove('over');
      }
    });
    document.addEventListener('drop', event => {
      event.preventDefault();
      stage.classList.remove('over');
      this.useFile(event.dataTransfer.files[0]);
    });
    $('camera').hidden = !navigator.mediaDevices?.getUserMedia;
    $('camera').addEventListener('click', () => this.#openCamera());
    $('snap').addEventListener('click', () => this.#takePicture());
    $('no-camera').addEventListener('click', () => this.#closeCamera());
  }

  async #openCamera() {
    try {
      this.#camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch {
      return this.#refuse('There is no camera that this page may use. Allow it in the address bar, or choose a file.');
    }
    const video = $('viewfinder');
    video.srcObject = this.#camera;
    await video.play();
    video.hidden = $('shutter').hidden = false;
    $('invite').hidden = true;
    $('snap').focus();
  }

  async #takePicture() {
    const video = $('viewfinder');
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext('2d').drawImage(video, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
    this.#closeCamera();
    await this.useFile(new File([blob], 'camera.jpg', { type: blob.type }));
  }

  #closeCamera() {
    this.#camera?.getTracks().forEach(track => track.stop());
    this.#camera = null;
    $('viewfinder').srcObject = null;
    $('viewfinder').hidden = $('shutter').hidden = true;
    $('invite').hidden = this.current !== null;
  }

  #refuse(why) {
    this.#show(null);
    $('trouble').textContent = why;
    $('trouble').hidden = false;
  }

  #show(picture) {
    this.#closeCamera();
    $('trouble').hidden = true;
    this.current = picture;
    $('frame').hidden = picture === null;
    $('invite').hidden = picture !== null;
    $('stage').classList.toggle('empty', picture === null);
    if (picture) {
      $('shown').src = picture.url;
    } else {
      $('shown').removeAttribute('src');
    }
    this.#changed(picture);
  }
}

/** Width by height of a picture, or null if the browser cannot show it. */
function shape(url) {
  return new Promise(resolve => {
    const image = new Image();
    image.onload = () => resolve(image.naturalWidth / image.naturalHeight);
    image.onerror = () => resolve(null);
    image.src = url;
  });
}
