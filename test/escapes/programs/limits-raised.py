# tries: to raise its own limits
# endings: any
# limits: {"wallMs": 4000, "cpuMs": 1000}
import resource

for name in dir(resource):
    if name.startswith("RLIMIT_"):
        try:
            hard = resource.getrlimit(getattr(resource, name))[1]
            resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            if hard != resource.RLIM_INFINITY:
                print("escaped: raised", name)
        except BaseException as error:
            print(name, type(error).__name__)
while True:
    pass
