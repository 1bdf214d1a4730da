# tries: to start threads for ever
# endings: any
# limits: {"wallMs": 800}
import threading
import time

while True:
    try:
        threading.Thread(target=time.sleep, args=(100,)).start()
    except BaseException as error:
        print(type(error).__name__)
        time.sleep(0.01)
