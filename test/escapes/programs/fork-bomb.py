# tries: to fork for ever
# endings: any
# limits: {"wallMs": 800}
import os

while True:
    try:
        os.fork()
    except BaseException as error:
        if not isinstance(error, BlockingIOError):
            print(type(error).__name__)
            break
