import Acquisition
import Server

await ServiceProcess.main(AcquisitionService.self)
