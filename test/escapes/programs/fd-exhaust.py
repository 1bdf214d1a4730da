# tries: to take every descriptor there is, here and in children
# endings: any
# limits: {"wallMs": 3000}
import os

held = []
while True:
    try:
        held += os.pipe()
    except BaseException as error:
        print(len(held), type(error).__name__)
        break
try:
    while os.fork() >= 0:
        held += os.pipe()
except BaseException as error:
    os.write(1, type(error).__name__.encode())
